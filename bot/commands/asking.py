"""Asking: by /ask, by mentioning the bot, in its direct messages and its threads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from textwrap import shorten
from zoneinfo import ZoneInfo

from bot.commands.conversation import Conversation
from bot.commands.filtering import FILTERS, read_filtered
from bot.commands.listing import list_value
from bot.commands.options import Call
from bot.commands.router import Router
from bot.domain.answers import Citation, Claim
from bot.domain.exchanges import Exchange
from bot.domain.filters import Query
from bot.domain.follow_ups import ask_with, may_refer_back, names_subject, refers_back
from bot.domain.models import MessageId
from bot.domain.urls import find_urls
from bot.errors import UserError
from bot.events import CommandCalled, Event, MessageDeleted, MessageEdited, MessagePosted
from bot.ports import ExchangeStore
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Button,
    Buttons,
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
from bot.text.queries import language_of_question, weigh_words

NO_QUERY = Query("")
_ADDRESSED = re.compile(r"<@[!&]?\w+(?:\|[^<>]*)?>")  # whom a message calls, as platforms write it
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
    def __init__(
        self,
        answering: AnsweringService,
        querying: QueryingService,
        *,
        exchanges: ExchangeStore,
    ) -> None:
        self._answering = answering
        self._querying = querying
        self._exchanges = exchanges
        self.router = Router(
            commands={ASK: self.ask},
            on_message=[self.hear],
            on_edit=[self.heed],
            on_deletion=[self.withdraw],
        )

    async def ask(self, event: CommandCalled, talk: Conversation) -> None:
        call = read_filtered(event, ASK)
        talk = talk.speak(language_of_question(call.words))
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
            talk = talk.speak(language_of_question(event.text))
            await self._answer(Call(event.text, {}), talk, ())

    async def heed(self, event: MessageEdited, talk: Conversation) -> None:
        """Answer a question that was edited anew, in the place of its answer."""
        shown = await talk.posting.find(event.workspace, _key(event))
        if shown is None:
            return
        text = _ADDRESSED.sub("", event.text).strip()
        if not text:
            return
        talk = talk.speak(language_of_question(text))
        here = event.place.channel
        asked = await self._exchanges.recall(event.workspace, here, [event.message])
        before = asked.before if asked else None
        try:
            query, reply = await self._reply(Call(text, {}), talk, before=before)
        except UserError as error:
            # Who edits is told nothing by the router, but what answers the old words must go.
            said = talk.say(error.message_key, **error.values)
            await talk.change(shown, Post((paragraph(said),)))
            return
        reply = await self._answering.write(event.workspace, query, reply, language=talk.language)
        await talk.change(shown, Post(tuple(self._blocks(reply, query, talk))))
        await self._remember(query, reply, talk, shown, before=before)

    async def withdraw(self, event: MessageDeleted, talk: Conversation) -> None:
        """Take back the answer of a question that is gone: what it quotes tells what was asked."""
        await self._exchanges.withdraw(event.workspace, event.place.channel, event.message)
        shown = await talk.posting.find(event.workspace, _key(event))
        if shown is not None:
            await talk.change(shown, say(talk.say("ask.withdrawn"), language=talk.language))

    async def _answer(self, call: Call, talk: Conversation, opening: Sequence[Block]) -> None:
        if not call.words.strip():
            raise UserError("ask.no_question")
        before = await self._recall(talk)
        query, reply = await self._reply(call, talk, before=before)
        answer = reply.answer
        if not (answer.is_answered or reply.is_told) and find_urls(call.words):
            raise UserError("ask.links_only", bookmark=talk.emoji.bookmark)
        # A miss by command is its caller's alone; a mention is answered where all see it.
        is_miss = not (answer.is_answered or answer.nearest)
        is_private = is_miss and isinstance(talk.event, CommandCalled)
        if is_miss and not (reply.is_list or weigh_words(query.words)):
            said = paragraph(talk.say("ask.no_words"))
            await talk.post(Post((said,), is_ephemeral=is_private), key=_key(talk.event))
            return
        is_written = answer.is_answered and bool(self._answering.writer)
        blocks = [*opening, *self._blocks(reply, query, talk)]
        if is_written:
            # The quotes stand there at once, and become what the model makes of them.
            writing = talk.say("ask.writing", model=self._answering.writer)
            blocks.append(Context((Text(writing),)))
        shown = await talk.post(Post(tuple(blocks), is_ephemeral=is_private), key=_key(talk.event))
        if not is_private:  # else others' next question in the thread would lean on it
            await self._remember(query, reply, talk, shown, before=before)
        if is_written:
            written = await self._answering.write(
                talk.event.workspace, query, reply, language=talk.language
            )
            await talk.change(shown, Post((*opening, *self._blocks(written, query, talk))))

    async def _reply(
        self, call: Call, talk: Conversation, *, before: Exchange | None
    ) -> tuple[Query, Reply]:
        workspace, zone, audience = talk.event.workspace, talk.zone, talk.audience
        leaning = replace(NO_QUERY, words=ask_with(call.words, before)) if before else NO_QUERY
        if before and refers_back(call.words):
            followed = await self._answering.follow(
                workspace, call.words, before, audience=audience
            )
            return leaning, followed
        query = await self._querying.read(
            workspace,
            call.words,
            chosen=call.options,
            now=talk.event.at,
            zone=zone,
            audience=audience,
        )
        reply = await self._answering.reply(workspace, query, zone=zone, audience=audience)
        if before and not reply.answer.is_answered and may_refer_back(call.words):
            followed = await self._answering.follow(
                workspace, call.words, before, audience=audience
            )
            is_answered = followed.answer.is_answered or followed.is_told
            if is_answered or not names_subject(call.words):
                return leaning, followed
        return query, reply

    async def _recall(self, talk: Conversation) -> Exchange | None:
        event = talk.event
        if not isinstance(event, MessagePosted):
            return None
        heads = [event.thread or event.answers]
        if event.place.is_direct:
            heads.append(None)  # one talk, in threads or not
        elif heads == [None]:
            return None
        return await self._exchanges.recall(event.workspace, event.place.channel, heads)

    async def _remember(
        self,
        query: Query,
        reply: Reply,
        talk: Conversation,
        shown: MessageId,
        *,
        before: Exchange | None,
    ) -> None:
        event, answer = talk.event, reply.answer
        cited = (each.link for each in answer.citations or answer.nearest)
        links = tuple(link for link in cited if link)
        if before and not answer.is_answered:
            links = before.links  # still what is spoken of
        question = event.message if isinstance(event, MessagePosted | MessageEdited) else None
        heads = [head for head in (shown, event.thread, question) if head]
        before = replace(before, before=None) if before else None  # no longer chain
        await self._exchanges.remember(
            event.workspace,
            event.place.channel,
            Exchange(query.words, links, before),
            heads=[*heads, None] if event.place.is_direct else heads,
            question=question,
            member=event.member,
            at=event.at,
        )

    def _blocks(self, reply: Reply, query: Query, talk: Conversation) -> Sequence[Block]:
        answer, said = reply.answer, reply.introduce(talk.say, language=talk.language)
        if answer.claims:
            claims = (paragraph(f"{each.text} {_marks(each)}") for each in answer.claims)
            sources = (_numbered(each, talk.zone) for each in answer.citations)
            return [*claims, *sources, *(Context((Text(each),)) for each in said)]
        if answer.is_answered:
            quotes = (block for each in answer.citations for block in _quoted(each, talk.zone))
            return [*(Context((Text(each),)) for each in said), *quotes]
        nearest = tuple(Item(_source(each, talk.zone)) for each in answer.nearest)
        blocks: list[Block] = [*map(paragraph, said), *([Bullets(nearest)] if nearest else [])]
        if nearest and not (reply.is_list or reply.is_told):
            wider = Button(talk.say("ask.wider"), "links", list_value(query.as_asked))
            blocks.append(Buttons((wider,)))
        return blocks


def _key(event: Event) -> str:
    """Return what an answer is posted under, so that an edit finds it; "": by its turn."""
    if isinstance(event, MessagePosted | MessageEdited | MessageDeleted):
        return f"answer:{event.place.channel}:{event.message}"
    return ""


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
