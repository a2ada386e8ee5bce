"""Asking: by /ask, by mentioning the bot, in its direct messages and its threads."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.commands.conversation import Conversation
from bot.commands.router import Router
from bot.domain.answers import Answer, Citation
from bot.errors import UserError
from bot.events import CommandCalled, MessagePosted
from bot.posts import Anchor, Block, Bullets, Context, Inline, Item, Post, Quote, Text, paragraph
from bot.services.answering import AnsweringService


class AskingCommands:
    def __init__(self, answering: AnsweringService, *, zone: ZoneInfo) -> None:
        self._answering = answering
        self._zone = zone
        self.router = Router(commands={"ask": self.ask}, on_message=[self.hear])

    async def ask(self, event: CommandCalled, talk: Conversation) -> None:
        await self._answer(event.arguments, talk)

    async def hear(self, event: MessagePosted, talk: Conversation) -> None:
        if event.is_for_bot:
            await self._answer(event.text, talk)

    async def _answer(self, question: str, talk: Conversation) -> None:
        if not question.strip():
            raise UserError("ask.no_question")
        answer = await self._answering.answer(
            talk.event.workspace, question, audience=talk.audience
        )
        await talk.post(Post(tuple(self._blocks(answer, talk))))

    def _blocks(self, answer: Answer, talk: Conversation) -> Sequence[Block]:
        if answer.is_answered:
            return [block for each in answer.citations for block in self._quoted(each)]
        if not answer.nearest:
            return [paragraph(talk.say("ask.nothing_next"))]
        nearest = tuple(Item(self._source(each)) for each in answer.nearest)
        return [
            paragraph(talk.say("ask.nothing")),
            Context((Text(talk.say("ask.nearest")),)),
            Bullets(nearest),
        ]

    def _quoted(self, citation: Citation) -> tuple[Block, ...]:
        return (
            Quote((Text(citation.quote),)),
            Context((Text(f"[{citation.n}] "), *self._source(citation))),
        )

    def _source(self, citation: Citation) -> tuple[Inline, ...]:
        title = citation.title or citation.url
        named: Inline = Anchor(title, citation.url) if citation.url else Text(title)
        details = [citation.heading] if citation.heading else []
        if citation.said_at is not None:
            details.append(f"{citation.said_at.astimezone(self._zone):%Y-%m-%d}")
        return (named, Text("".join(f" · {each}" for each in details)))
