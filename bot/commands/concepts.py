"""/concepts: the terms that the saved links explain; of one what it means and where it occurs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.commands.conversation import Conversation
from bot.commands.listing import LONGEST_VALUE
from bot.commands.options import read_call
from bot.commands.router import Router
from bot.domain.concepts import ConceptBook, ConceptSource, KnownConcept
from bot.domain.models import KIND_EMOJI, LinkRecord
from bot.domain.styles.terms import explained_items
from bot.errors import UserError
from bot.events import ButtonPressed, CommandCalled
from bot.ports import Clock
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Button,
    Buttons,
    Context,
    Heading,
    Inline,
    Item,
    Post,
    Text,
    paragraph,
)
from bot.services.concepts import ConceptsService, Explanation
from bot.specs import CommandSpec, Option
from bot.text.graphemes import shorten

SHOWN = 15  # with a line of meaning each, about two screens of a phone
LINKS_SHOWN = 10
DEFINITIONS = 3
NEW_FOR = timedelta(days=7)
_MEANING_CHARS = 110
CONCEPTS = CommandSpec("concepts", (Option("term", is_main=True),))
ACTION = "concepts"


def all_concepts_button(label: str) -> Button:
    return Button(label, ACTION, json.dumps([0, ""]))


class ConceptsCommands:
    def __init__(self, concepts: ConceptsService, *, clock: Clock) -> None:
        self._concepts = concepts
        self._clock = clock
        self.router = Router(commands={CONCEPTS: self.concepts}, buttons={ACTION: self.press})

    async def concepts(self, event: CommandCalled, talk: Conversation) -> None:
        await self._answer(read_call(event, CONCEPTS).words, talk, skip=0)

    async def press(self, event: ButtonPressed, talk: Conversation) -> None:
        """Go on where the list ended."""
        try:
            skip, term = json.loads(event.value)
            skip, term = max(0, int(skip)), str(term)
        except (ValueError, TypeError) as error:
            raise UserError("command.old_button") from error
        await self._answer(term, talk, skip=skip)

    async def _answer(self, term: str, talk: Conversation, *, skip: int) -> None:
        workspace = talk.event.workspace
        book = await self._concepts.open_book(workspace, audience=talk.audience)
        if not book.concepts:
            await talk.say_quietly("concepts.none")
            return
        if not term:
            await talk.post(Post(self._list(book, talk, skip=skip)))
            return
        concept = book.find(term)
        if concept is None:
            await talk.post(Post(_not_found(term, book, talk), is_ephemeral=True))
            return
        explanation = await self._concepts.explain(
            workspace,
            concept,
            skip=skip,
            limit=LINKS_SHOWN,
            definitions=0 if skip else DEFINITIONS,
            audience=talk.audience,
        )
        await talk.post(Post(_explain(explanation, talk, skip=skip)))

    def _list(self, book: ConceptBook, talk: Conversation, *, skip: int) -> tuple[Block, ...]:
        shown = book.concepts[skip : skip + SHOWN]
        is_new_from = self._clock.now() - NEW_FOR
        blocks: list[Block] = [
            Heading((Text(talk.say("concepts.title", count=len(book.concepts))),), level=3),
            Bullets(tuple(_line(each, talk, is_new_from=is_new_from) for each in shown)),
            Context((Text(talk.say("concepts.hint", call=talk.call_of("concepts"))),)),
        ]
        blocks += _more(talk, skip=skip + len(shown), of=len(book.concepts), term="")
        return tuple(blocks)


def _line(concept: KnownConcept, talk: Conversation, *, is_new_from: datetime) -> Item:
    is_new = concept.first_at >= is_new_from
    inlines: list[Inline] = [Text(concept.full_name(talk.language), strong=True)]
    if is_new:
        inlines.append(Text(f" ✨ {talk.say('concepts.new')}"))
    if count := len(concept.links):
        inlines.append(Text(f" · {talk.say('concepts.links', count=count)}", emphasis=True))
    meanings = (each.concept.definition for each in concept.explained if each.concept.definition)
    if meaning := next(meanings, ""):
        inlines.append(Text(f" — {shorten(meaning, _MEANING_CHARS)}"))
    return Item(tuple(inlines))


def _not_found(term: str, book: ConceptBook, talk: Conversation) -> tuple[Block, ...]:
    blocks: list[Block] = [paragraph(talk.say("concepts.not_found", term=term[:60]))]
    if nearest := book.nearest(term):
        blocks.append(paragraph(talk.say("concepts.nearest")))
        blocks.append(
            Bullets(tuple(Item((Text(each.full_name(talk.language)),)) for each in nearest))
        )
    blocks.append(Buttons((all_concepts_button(talk.say("concepts.all_button")),)))
    return tuple(blocks)


def _explain(explanation: Explanation, talk: Conversation, *, skip: int) -> tuple[Block, ...]:
    concept = explanation.concept
    blocks: list[Block] = [Heading((Text(concept.full_name(talk.language)),), level=3)]
    if not skip:
        blocks += _meanings(explanation, talk)
    if explanation.links:
        title = talk.say("concepts.occurs", count=explanation.occurrences)
        blocks.append(paragraph(Text(title, strong=True)))
        blocks.append(Bullets(tuple(_link(link, talk) for link in explanation.links)))
    shown = skip + len(explanation.links)
    blocks += _more(talk, skip=shown, of=explanation.occurrences, term=concept.name)
    return tuple(blocks)


def _meanings(explanation: Explanation, talk: Conversation) -> Sequence[Block]:
    if not explanation.explained:
        blocks: list[Block] = [paragraph(talk.say("concepts.unexplained"))]
        if named := [_document(each, talk) for each in explanation.concept.documents]:
            blocks.append(Bullets(tuple(named[:LINKS_SHOWN])))
        return blocks
    items = []
    for source, link in explanation.explained:
        (told,) = explained_items([source.concept])
        # The heading has the name already; what follows it is the meaning.
        meaning = (Text(source.concept.definition),) if source.concept.definition else told.inlines
        items.append(Item((*meaning, *_origin(source, link, talk)), told.blocks))
    return [Bullets(tuple(items))]


def _origin(
    source: ConceptSource, link: LinkRecord | None, talk: Conversation
) -> tuple[Inline, ...]:
    day = source.last_at.astimezone(talk.zone).date()
    where = Anchor(link.title, link.url_as_saved) if link else Text(source.document)
    return (Text(" — "), where, Text(f" · {day}", emphasis=True))


def _document(source: ConceptSource, talk: Conversation) -> Item:
    day = source.last_at.astimezone(talk.zone).date()
    return Item((Text(f"📄 {source.document}"), Text(f" — {day}", emphasis=True)))


def _link(link: LinkRecord, talk: Conversation) -> Item:
    day = link.saved_at.astimezone(talk.zone).date()
    return Item(
        (
            Text(f"{KIND_EMOJI[link.kind]} "),
            Anchor(link.title, link.url_as_saved),
            Text(f" — {day}", emphasis=True),
        )
    )


def _more(talk: Conversation, *, skip: int, of: int, term: str) -> list[Block]:
    if skip >= of:
        return []
    blocks: list[Block] = [Context((Text(talk.say("concepts.more", count=of - skip)),))]
    value = json.dumps([skip, term], ensure_ascii=False)
    if len(value) <= LONGEST_VALUE:
        blocks.append(Buttons((Button(talk.say("links.show_more"), ACTION, value),)))
    return blocks
