"""/feeds: follow feeds, see which are followed, follow one no longer."""

from __future__ import annotations

from collections.abc import Iterator

from bot.commands.conversation import Conversation
from bot.commands.options import read_call
from bot.commands.router import Router
from bot.domain.emoji import TROUBLE
from bot.domain.feeds import Feed
from bot.errors import UserError
from bot.events import ButtonPressed, CommandCalled
from bot.posts import (
    Anchor,
    Block,
    Button,
    Buttons,
    Context,
    Heading,
    Post,
    Text,
    paragraph,
)
from bot.services.feeding import Asked, FeedingService
from bot.specs import CommandSpec, Option, Takes

ADD, LIST, REMOVE = "add", "list", "remove"
ACTIONS = (ADD, LIST, REMOVE)
SHOWN = 10  # each with its button: Discord shows 25 at one message

FEEDS = CommandSpec(
    "feeds",
    (
        Option("action", Takes.CHOICE, choices=ACTIONS, default=LIST),
        Option("address", is_main=True),
    ),
)


class FeedingCommands:
    def __init__(self, feeding: FeedingService) -> None:
        self._feeding = feeding
        self.router = Router(
            commands={FEEDS: self.feeds},
            buttons={"feeds": self.show_more, "feeds.remove": self.remove},
        )

    async def feeds(self, event: CommandCalled, talk: Conversation) -> None:
        call = read_call(event, FEEDS)
        action, address = _read_action(call.options.get("action", ""), call.words)
        if action == ADD:
            await self._add(event, address, talk)
        elif action == REMOVE:
            await self._remove(address, talk)
        else:
            await self._list(talk, skip=0)

    async def show_more(self, event: ButtonPressed, talk: Conversation) -> None:
        """Go on where the list ended: the value is how many were shown."""
        await self._list(talk, skip=int(event.value) if event.value.isdecimal() else 0)

    async def remove(self, event: ButtonPressed, talk: Conversation) -> None:
        try:
            await self._remove(event.value, talk)
        except UserError as error:
            if error.message_key == "feeds.no_such":  # which would name our own id
                raise UserError("feeds.gone") from error
            raise

    async def _add(self, event: CommandCalled, address: str, talk: Conversation) -> None:
        asked = Asked(
            event=event.id,
            workspace=event.workspace,
            place=event.place,
            member=event.member,
            member_name=event.member_name,
        )
        added = await self._feeding.add(asked, address, audience=talk.audience)
        text = talk.say("feeds.added", count=added.entries)
        blocks: list[Block] = [paragraph(_name(added.feed), f" — {text}")]
        if added.others:
            more = talk.say("feeds.others", url=added.feed.url, others=", ".join(added.others))
            blocks.append(Context((Text(more),)))
        await talk.post(Post(tuple(blocks)))

    async def _remove(self, which: str, talk: Conversation) -> None:
        if not which:
            raise UserError("feeds.which")
        gone = await self._feeding.remove(talk.event.workspace, which, audience=talk.audience)
        text = talk.say("feeds.removed")
        await talk.post(Post((paragraph(_name(gone), f" — {text}"),)))

    async def _list(self, talk: Conversation, *, skip: int) -> None:
        feeds = await self._feeding.list_feeds(talk.event.workspace, audience=talk.audience)
        if not feeds:
            await talk.post(Post((paragraph(talk.say("feeds.none")),)))
            return
        shown = list(enumerate(feeds, start=1))[skip : skip + SHOWN]
        buttons = [
            Button(talk.say("feeds.remove", number=number), "feeds.remove", feed.id)
            for number, feed in shown
        ]
        left = len(feeds) - skip - len(shown)
        if left > 0:
            more = talk.say("feeds.show_more", count=left)
            buttons.append(Button(more, "feeds", str(skip + SHOWN)))
        blocks: tuple[Block, ...] = (
            Heading((Text(talk.say("feeds.title")),), level=3),
            *(block for number, feed in shown for block in _entry(number, feed, talk)),
            Context((Text(talk.say("feeds.how")),)),
            *([Buttons(tuple(buttons))] if buttons else []),
        )
        await talk.post(Post(blocks))


def _read_action(chosen: str, words: str) -> tuple[str, str]:
    """Return what is to be done and the rest; an address alone is one to add.

    Raises:
        UserError: words that mean nothing here.

    """
    first, _, rest = words.partition(" ")
    if not chosen and first.lower() in ACTIONS:
        return first.lower(), rest.strip()
    chosen = chosen.lower() or (ADD if words else LIST)
    if chosen not in ACTIONS:
        raise UserError("feeds.which_action", action=chosen)
    return chosen, words


def _name(feed: Feed) -> Anchor:
    return Anchor(feed.title, feed.site or feed.url)


def _entry(number: int, feed: Feed, talk: Conversation) -> Iterator[Block]:
    day = feed.made_at.astimezone(talk.zone).date()
    detail = talk.say("feeds.added_by", name=feed.made_by_name, day=day)
    yield paragraph(Text(f"{number}. ", strong=True), _name(feed))
    yield Context((Text(detail),))
    if feed.failing_since is None:
        return
    since = feed.failing_since.astimezone(talk.zone).date()
    why = talk.say(f"feeds.trouble.{feed.reason}")
    trouble = talk.say("feeds.failing", day=since, why=why)
    yield Context((Text(f"{TROUBLE} {trouble}"),))
