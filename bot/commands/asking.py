"""Asking: by /ask, by mentioning the bot, in its direct messages and its threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import shorten
from zoneinfo import ZoneInfo

from bot.commands.conversation import Conversation
from bot.commands.filtering import FILTERS, read_filtered
from bot.commands.options import Call
from bot.commands.router import Router
from bot.domain.answers import Citation, Claim
from bot.domain.urls import find_urls
from bot.errors import UserError
from bot.events import CommandCalled, MessagePosted
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Context,
    Inline,
    Item,
    Post,
    Quote,
    Text,
    paragraph,
    say,
)
from bot.services.answering import AnsweringService, Reply
from bot.services.querying import QueryingService
from bot.specs import CommandSpec, Option

_SHOWN = 300  # characters of a question that an answer repeats

ASK = CommandSpec(
    "ask",
    (
        Option("question", is_main=True, is_required=True, is_long=True),
        *(replace(each, is_typed_only=True) for each in FILTERS),
    ),
    has_form=True,
)


class AskingCommands:
    def __init__(self, answering: AnsweringService, querying: QueryingService) -> None:
        self._answering = answering
        self._querying = querying
        self.router = Router(commands={ASK: self.ask}, on_message=[self.hear])

    async def ask(self, event: CommandCalled, talk: Conversation) -> None:
        call = read_filtered(event, ASK)
        # Others see the answer, but not what somebody typed after a slash.
        asked = talk.say("ask.asked", name=event.member_name, question=call.words)
        await self._answer(call, talk, (Context((Text(shorten(asked, _SHOWN)),)),))

    async def hear(self, event: MessagePosted, talk: Conversation) -> None:
        is_file_alone = event.files and not event.text.strip()
        if not event.is_for_bot or is_file_alone:
            return
        if talk.hears("thanks", event.text):
            await talk.post(say(talk.say("ask.welcome"), language=talk.language))
        else:
            await self._answer(Call(event.text, {}), talk, ())

    async def _answer(self, call: Call, talk: Conversation, opening: Sequence[Block]) -> None:
        if not call.words.strip():
            raise UserError("ask.no_question")
        workspace, zone, audience = talk.event.workspace, talk.zone, talk.audience
        query = await self._querying.read(
            workspace,
            call.words,
            chosen=call.options,
            now=talk.event.at,
            zone=zone,
            audience=audience,
        )
        reply = await self._answering.reply(workspace, query, zone=zone, audience=audience)
        answer = reply.answer
        if not answer.is_answered and find_urls(call.words):
            raise UserError("ask.links_only", bookmark=talk.emoji.bookmark)
        # A miss by command is its caller's alone; a mention is answered where all see it.
        is_miss = not (answer.is_answered or answer.nearest)
        is_private = is_miss and isinstance(talk.event, CommandCalled)
        blocks = (*opening, *self._blocks(reply, talk))
        if not (answer.is_answered and self._answering.writer):
            await talk.post(Post(blocks, is_ephemeral=is_private))
            return
        # The quotes stand there at once, and become what the model makes of them.
        waiting = Context((Text(talk.say("ask.writing", model=self._answering.writer)),))
        shown = await talk.post(Post((*blocks, waiting)))
        written = await self._answering.write(workspace, query, reply, language=talk.language)
        await talk.change(shown, Post((*opening, *self._blocks(written, talk))))

    def _blocks(self, reply: Reply, talk: Conversation) -> Sequence[Block]:
        answer, said = reply.answer, reply.introduce(talk.say, language=talk.language)
        if answer.claims:
            claims = (paragraph(f"{each.text} {_marks(each)}") for each in answer.claims)
            sources = (_numbered(each, talk.zone) for each in answer.citations)
            return [*claims, *sources, *(Context((Text(each),)) for each in said)]
        if answer.is_answered:
            quotes = (block for each in answer.citations for block in _quoted(each, talk.zone))
            return [*(Context((Text(each),)) for each in said), *quotes]
        nearest = tuple(Item(_source(each, talk.zone)) for each in answer.nearest)
        return [*map(paragraph, said), *([Bullets(nearest)] if nearest else [])]


def _quoted(citation: Citation, zone: ZoneInfo) -> tuple[Block, ...]:
    return (Quote((Text(citation.quote),)), _numbered(citation, zone))


def _numbered(citation: Citation, zone: ZoneInfo) -> Context:
    return Context((Text(f"[{citation.n}] "), *_source(citation, zone)))


def _marks(claim: Claim) -> str:
    return "".join(f"[{number}]" for number in claim.cites)


def _source(citation: Citation, zone: ZoneInfo) -> tuple[Inline, ...]:
    title = citation.title or citation.url
    named: Inline = Anchor(title, citation.url) if citation.url else Text(title)
    details = [each for each in (citation.file, citation.part) if each]
    if citation.said_at is not None:
        details.append(f"{citation.said_at.astimezone(zone):%Y-%m-%d}")
    return (named, Text("".join(f" · {each}" for each in details)))
