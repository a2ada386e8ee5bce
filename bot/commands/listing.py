"""/links: the newest saved links, or what a query finds, one line each."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.commands.conversation import Conversation
from bot.commands.filtering import FILTERS, read_filtered
from bot.commands.options import Call, split_options
from bot.commands.router import Router
from bot.domain.filter_words import describe_filters
from bot.domain.filters import Query, without_written
from bot.domain.models import KIND_EMOJI, LinkRecord
from bot.errors import UserError
from bot.events import ButtonPressed, CommandCalled
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Button,
    Buttons,
    Context,
    Heading,
    Item,
    Post,
    Text,
)
from bot.services.listing import ListingService
from bot.services.querying import QueryingService
from bot.specs import CommandSpec, Option

SHOWN = 20
LINKS = CommandSpec(
    "links",
    (Option("words", is_main=True), *FILTERS),
)
# Discord takes 100 characters for a button's action and value together.
LONGEST_VALUE = 90


def list_value(words: str) -> str:
    """Return what a button gives back to list what comes near: the first words that it can hold."""
    said = without_written(words).split()
    while said:
        value = json.dumps([0, " ".join(said), {}], ensure_ascii=False)
        if len(value) <= LONGEST_VALUE:
            return value
        said.pop()
    return json.dumps([0, "", {}])


class ListingCommands:
    def __init__(self, listing: ListingService, querying: QueryingService) -> None:
        self._listing = listing
        self._querying = querying
        self.router = Router(commands={LINKS: self.links}, buttons={"links": self.press})

    async def links(self, event: CommandCalled, talk: Conversation) -> None:
        # What is typed as an option has to be one; what is chosen for the words is words.
        known = [each.name for each in FILTERS]
        split_options(without_written(event.arguments), known=known)
        await self._post(event, read_filtered(event, LINKS), talk, skip=0)

    async def press(self, event: ButtonPressed, talk: Conversation) -> None:
        """Go on where the list ended."""
        try:
            skip, words, options = json.loads(event.value)
            call, skip = Call(words, dict(options)), int(skip)
        except (ValueError, TypeError) as error:
            raise UserError("command.old_button") from error
        await self._post(event, call, talk, skip=skip)

    async def _post(
        self, event: CommandCalled | ButtonPressed, call: Call, talk: Conversation, *, skip: int
    ) -> None:
        asked = await self._querying.read(
            event.workspace,
            call.words,
            chosen=call.options,
            now=event.at,
            zone=talk.zone,
            audience=talk.audience,
        )
        found, query = await self._listing.find_links(
            event.workspace, asked, zone=talk.zone, audience=talk.audience
        )
        rest = found[skip:]
        more = [skip + SHOWN, call.words, dict(call.options)]
        if not rest:
            await talk.say_quietly("links.none")
            return
        blocks = self._blocks(rest, talk, more=json.dumps(more, ensure_ascii=False))
        await talk.post(Post((blocks[0], *_tell(asked, query, talk), *blocks[1:])))

    def _blocks(
        self, found: Sequence[LinkRecord], talk: Conversation, *, more: str
    ) -> tuple[Block, ...]:
        blocks: list[Block] = [
            Heading((Text(talk.say("links.title")),), level=3),
            Bullets(tuple(self._item(link, talk) for link in found[:SHOWN])),
        ]
        if len(found) > SHOWN:
            text = talk.say("links.more", count=len(found) - SHOWN)
            blocks.append(Context((Text(text),)))
            if len(more) <= LONGEST_VALUE:
                blocks.append(Buttons((Button(talk.say("links.show_more"), "links", more),)))
        return tuple(blocks)

    def _item(self, link: LinkRecord, talk: Conversation) -> Item:
        day = link.saved_at.astimezone(talk.zone).date()
        who = f"[{link.who}] " if link.who else ""
        state = "" if link.is_known else f" · {talk.wording.state(link)}"
        gaps = f" · {talk.wording.gaps(link)}" if link.gaps else ""
        names = ", ".join(dict.fromkeys(save.member_name for save in link.saves))
        return Item(
            (
                Text(f"{KIND_EMOJI[link.kind]} {who}"),
                Anchor(link.title, link.url_as_saved),
                Text(f" — {day} · {names}{state}{gaps}", emphasis=True),
            )
        )


def _tell(asked: Query, query: Query, talk: Conversation) -> Sequence[Block]:
    """Say what was understood, and where that is not what was done."""
    nobody: list[Block] = []
    if asked.nobody:
        told = talk.say(asked.nobody.message_key, **asked.nobody.values)
        nobody.append(Context((Text(told),)))
    if not asked.filters:
        return nobody
    key = "filters.told" if query is asked else "filters.silent_list"
    filters = describe_filters(asked.filters, talk.say, language=talk.language)
    return (*nobody, Context((Text(talk.say(key, filters=filters)),)))
