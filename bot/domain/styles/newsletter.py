"""The style `newsletter`: an opening, a few items told in prose, short ones, and what is next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain.digests import Digest, DigestItem, DigestSection, Period
from bot.domain.material import Material, make_item
from bot.domain.models import Concept
from bot.domain.periods import period_title
from bot.domain.selection import HIGHLIGHTS, Choice, Limits, select_stories
from bot.domain.stories import group_stories
from bot.domain.styles.blocks import (
    also_items,
    brief_in_chat,
    engine_note,
    entry,
    entry_at_a_glance,
    entry_in_line,
    heading,
    note_blocks,
    opening,
    related_items,
    savers,
    shorten,
)
from bot.domain.styles.facts import opening_facts
from bot.domain.styles.prose import first_lines, lines_of, told_blocks
from bot.domain.styles.terms import explained_beside, explained_items
from bot.posts import Block, Bullets, Context, Heading, Paragraph, Post, Text
from bot.text.glosses import Glosses
from bot.texts import Say

LONG, SHORT, NEXT = "long", "short", "next"

_HIGHLIGHTS_A_LONG_ITEM = 3  # of twelve highlights four are told in prose
_FEWEST_SENTENCES = 2  # of one there is nothing to tell
_MOST_SENTENCES = 6
_MOST_CONCEPTS = 4
_NAMED_IN_OPENING = 3
_TITLE_CHARS = 70


def title(period: Period, say: Say) -> str:
    return say("digest.title.newsletter", period=period_title(period, say))


def compile_sections(
    material: Material,
    say: Say,
    *,
    language: str,  # noqa: ARG001 - the parts are called by `say` alone
) -> tuple[DigestSection, ...]:
    """Return the parts that have a link: each link is in one of them."""
    chosen = select_stories(
        group_stories(material.links, alike=material.alike),
        limits=Limits.of(material.highlights),
        signals=material.signals,
    )
    unknown = [each for each in (*chosen.highlights, *chosen.brief) if not each.main.is_known]
    highlights = [each for each in chosen.highlights if each.main.is_known]
    long = _long(highlights, material)
    parts = {
        LONG: (long, []),
        SHORT: (
            [each for each in highlights if each not in long],
            [each for each in chosen.brief if each.main.is_known],
        ),
        NEXT: ([], unknown),
    }
    return tuple(
        DigestSection(
            heading=say(f"digest.part.{key}"),
            emoji="",
            items=tuple(make_item(each, material) for each in items),
            brief=tuple(make_item(each, material) for each in brief),
            key=key,
        )
        for key, (items, brief) in parts.items()
        if items or brief
    )


def write_document(digest: Digest, say: Say, *, picture: bytes) -> Post:
    blocks = list(_opening(digest, say, picture=picture))
    told = _Telling(digest, say)
    for section in digest.sections:
        blocks.append(heading(section.heading, 2))
        if section.key == LONG:
            blocks += [block for item in section.items for block in told.in_full(item)]
        else:
            blocks += _remark(section, say)
            items = (*section.items, *section.brief)
            blocks.append(Bullets(tuple(entry_in_line(item, say) for item in items)))
    blocks += note_blocks(digest.notes, say, level=2)
    blocks += engine_note(digest, say)
    return Post(tuple(blocks), language=digest.language)


def write_chat(digest: Digest, say: Say, *, picture: bytes) -> Post:
    """Return the opening and what it tells at length; the telling is in the thread."""
    blocks = list(_opening(digest, say, picture=picture))
    if shown := in_head(digest):
        blocks.append(Bullets(tuple(entry_at_a_glance(item, say) for item in shown)))
    blocks += engine_note(digest, say)
    thread = tuple(Post(reply, language=digest.language) for reply in _replies(digest, say))
    return Post(tuple(blocks), thread=thread, language=digest.language)


def in_head(digest: Digest) -> list[DigestItem]:
    """Return what is told at length; where nothing is, the first of what there is."""
    first = next(iter(digest.sections), None)
    shown = (*first.items, *first.brief) if first else ()
    return list(shown[:HIGHLIGHTS])


def _long(highlights: Sequence[Choice], material: Material) -> list[Choice]:
    """Return the best of which there is something to tell and nothing to doubt."""
    limit = max(1, material.highlights // _HIGHLIGHTS_A_LONG_ITEM)
    tellable = [
        each
        for each in highlights
        if not each.main.doubts and len(lines_of(make_item(each, material))) >= _FEWEST_SENTENCES
    ]
    return tellable[:limit]


def _opening(digest: Digest, say: Say, *, picture: bytes) -> tuple[Block, ...]:
    facts: list[Block] = []
    long, short = _section(digest, LONG), _section(digest, SHORT)
    if long:
        titles = (shorten(item.title, _TITLE_CHARS) for item in long.items[:_NAMED_IN_OPENING])
        names = ", ".join(say("opening.quoted", title=each) for each in titles)
        if unnamed := len(long.items[_NAMED_IN_OPENING:]):
            names = say("opening.named", names=names, count=unnamed)
        count = len(short.items) + len(short.brief) if short else 0
        key = "opening.contents" if count else "opening.contents_long"
        facts.append(Paragraph((Text(say(key, names=names, count=count)),)))
    if known := " ".join(opening_facts(digest, say)):
        facts.append(Context((Text(known),)))
    return opening(digest, say, picture=picture, facts=facts)


def _section(digest: Digest, key: str) -> DigestSection | None:
    return next((section for section in digest.sections if section.key == key), None)


def _remark(section: DigestSection, say: Say) -> Iterator[Block]:
    """Yield what is to be known of the links that nobody could read, and what to do about them."""
    if section.key == NEXT:
        yield Paragraph((Text(say("newsletter.next")),))
        if any(item.is_unreadable for item in section.brief):
            yield Paragraph((Text(say("newsletter.paste")),))


def _replies(digest: Digest, say: Say) -> Iterator[tuple[Block, ...]]:
    told = _Telling(digest, say)
    for section in digest.sections:
        if section.key == LONG:
            for item in section.items:
                yield tuple(told.in_full(item))
        else:
            items = (*section.items, *section.brief)
            title = heading(section.heading, 2)
            yield (title, *_remark(section, say), *brief_in_chat(items, say))
    if digest.notes:
        yield note_blocks(digest.notes, say, level=2)


class _Telling:
    """Tells items one after the other: a term is given in both languages where it first stands."""

    def __init__(self, digest: Digest, say: Say) -> None:
        concepts = [
            concept
            for section in digest.sections
            for item in (*section.items, *section.brief)
            for concept in item.concepts
        ]
        self._say = say
        self._glosses = Glosses(_pairs(concepts), language=digest.language)

    def in_full(self, item: DigestItem) -> Iterator[Block]:
        yield Heading(entry(item), level=3)
        told = item.prose or lines_of(item)
        lines = [self._glosses.add(line) for line in first_lines(told, _MOST_SENTENCES)]
        yield from told_blocks(lines)
        below = [*explained_items(explained_beside(item))[:_MOST_CONCEPTS], *related_items(item)]
        below += also_items(item, self._say)
        if below:
            yield Bullets(tuple(below))
        if saved := savers(item, self._say):
            yield Context((Text(saved),))


def _pairs(concepts: Sequence[Concept]) -> list[tuple[str, str]]:
    return [(each.term, each.other_name) for each in concepts if each.other_name]
