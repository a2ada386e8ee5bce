"""What we make of a page without a model: kind, topics, summary, concepts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.kinds import link_kind
from bot.domain.models import Concept, Engine, PageText, Point, Summary, Understanding
from bot.domain.topics import assign_topics
from bot.text.bilingual import harvest_term_pairs
from bot.text.chunking import Passage, chunk_text
from bot.text.definitions import find_definitions
from bot.text.headings import join_headings
from bot.text.keyphrases import find_key_phrases
from bot.text.languages import Language
from bot.text.term_names import harvest_acronyms, name_key

SUMMARY_POINTS = 3
KEY_PHRASES = 6

# As much as a book of 300 pages, where articles have 5,000 to 50,000: 4.5 million characters took
# up to 14 s and 340 MB to understand, these take about 1 s and 80 MB.
KEPT_CHARS = 500_000
_BETWEEN = "\n\n"  # paragraphs, and parts


@dataclass(frozen=True, slots=True)
class Understood:
    """What is kept of a page beside itself; passages in reading order."""

    understanding: Understanding
    passages: tuple[Passage, ...]


def make_sense(page: PageText) -> Understood:
    """Take tens of milliseconds for a long page: call it where nobody waits for others."""
    return Understood(understand(page), tuple(passages_of(page)))


def shorten(page: PageText, *, limit: int = KEPT_CHARS) -> PageText:
    """Return a page with the first part of its text, up to the end of a paragraph.

    A paragraph as long as half the limit is cut in the middle. Named parts are cut with the text.
    """
    if len(page.text) <= limit:
        return page
    if not page.parts:
        return replace(page, text=_beginning(page.text, limit))
    parts, room = [], limit
    for part in page.parts:
        if text := _beginning(part.text, room):
            parts.append(replace(part, text=text))
        room -= len(part.text) + len(_BETWEEN)
        if room <= 0:
            break
    return replace(page, parts=tuple(parts), text=_BETWEEN.join(part.text for part in parts))


def passages_of(page: PageText) -> list[Passage]:
    """Return what search may find of a page, in reading order, each with its place as heading.

    No passage lies in two parts, so that each can be cited by the name of its own: "p. 3".
    """
    if not page.parts:
        return chunk_text(page.text)
    return [
        replace(passage, heading=join_headings((part.heading, passage.heading)))
        for part in page.parts
        for passage in chunk_text(part.text)
    ]


def understand(page: PageText) -> Understanding:
    """Read a page's title and text. Takes tens of milliseconds on a long page: call in a thread."""
    from bot.text.extractive import summarise  # numpy with it, which most commands do without

    language = Language(page.language)
    points = summarise(page.text, title=page.title, language=language, limit=SUMMARY_POINTS)
    phrases = find_key_phrases(page.text, title=page.title, language=language, limit=KEY_PHRASES)
    return Understanding(
        kind=page.kind or link_kind(page.url, page.title),
        topics=tuple(assign_topics(page.title, page.text)),
        summary=Summary(tuple(Point(point) for point in points), Engine.EXTRACTIVE),
        concepts=concepts_in(page.text, title=page.title),
        key_phrases=tuple(phrases),
    )


def _beginning(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    end = text.rfind(_BETWEEN, 0, limit + len(_BETWEEN))
    return text[: end if end > limit // 2 else limit]


def concepts_in(text: str, *, title: str = "") -> tuple[Concept, ...]:
    """Return the terms that a text defines, then those that it only gives two names."""
    pairs = [(pair.korean, pair.english) for pair in harvest_term_pairs(text)]
    pairs += harvest_acronyms(text)
    other_names: dict[str, str] = {}
    for one, other in pairs:
        other_names.setdefault(name_key(one), other)
        other_names.setdefault(name_key(other), one)
    defined = [
        Concept(
            each.term, each.sentence, each.other_name or other_names.get(name_key(each.term), "")
        )
        for each in find_definitions(text, title=title)
    ]
    told = {name_key(name) for each in defined for name in (each.term, each.other_name) if name}
    named = (
        Concept(one, other_name=other)
        for one, other in pairs
        if told.isdisjoint((name_key(one), name_key(other)))
    )
    return (*defined, *named)
