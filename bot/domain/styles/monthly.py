"""The style `monthly`, as trend posts are: sections of short items, and numbered references."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from bot.domain.digests import Digest, DigestItem, DigestSection, Period
from bot.domain.material import Material, make_item
from bot.domain.models import KIND_EMOJI, Kind, LinkRecord
from bot.domain.periods import period_title
from bot.domain.reported_analysis import category_key
from bot.domain.selection import FLOOR, Limits, select_stories
from bot.domain.stories import Story, group_stories
from bot.domain.styles.blocks import (
    also_items,
    bold,
    brief_in_chat,
    engine_note,
    entry,
    entry_at_a_glance,
    heading,
    note_blocks,
    opening,
    remarks,
    shorten,
)
from bot.domain.styles.facts import opening_facts
from bot.domain.styles.headlines import headline_of, headlines_of, is_by_person
from bot.domain.styles.prose import lines_of
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Footnotes,
    Heading,
    Inline,
    Item,
    Paragraph,
    Post,
    Quote,
    Reference,
    Text,
)
from bot.texts import Say

_SENTENCES = 2
_SENTENCE_CHARS = 240
_NAMED_IN_OPENING = 3
_NAME_CHARS = 70
_HEADINGS = 20  # of a section: the longest one of a hand-made post has eighteen
_FEWEST_A_SECTION = 5  # a section that is told at all is told with a few links
_AT_A_GLANCE = 3  # of each section: the head of a thread is no list of everything


@dataclass(frozen=True, slots=True)
class _Part:
    """A section. `mark` stands in the keys of its references, as in `ref-pa-3`."""

    key: str
    emoji: str
    mark: str


_NEWS = _Part("news", "💡", "n")
_PAPERS = _Part("papers", "📰", "pa")
_MODELS = _Part("models", "🧠", "dl")
_OPERATIONS = _Part("operations", "⚙️", "ml")
_PROGRAMMING = _Part("programming", "💻", "pr")
_REST = _Part("rest", "🤪", "etc")
_PARTS = (_NEWS, _PAPERS, _MODELS, _OPERATIONS, _PROGRAMMING, _REST)
_PART_OF_TOPIC: Mapping[str, _Part] = {
    "mlops-data": _OPERATIONS,
    "hardware-efficiency": _OPERATIONS,
    "programming": _PROGRAMMING,
}
# What people call these sections in posts that were imported: their filing counts more than ours.
_PART_OF_LABEL: Mapping[str, _Part] = {
    "news": _NEWS,
    "뉴스": _NEWS,
    "papers": _PAPERS,
    "논문": _PAPERS,
    "deeplearningllm": _MODELS,
    "딥러닝llm": _MODELS,
    "딥러닝과llm": _MODELS,
    "mlopsdata": _OPERATIONS,
    "mlops와데이터": _OPERATIONS,
    "programming": _PROGRAMMING,
    "프로그래밍": _PROGRAMMING,
}


def title(period: Period, say: Say) -> str:
    return say("digest.title.trends", period=period_title(period, say))


def compile_sections(
    material: Material,
    say: Say,
    *,
    language: str,  # noqa: ARG001 - the sections are called by `say` alone
) -> tuple[DigestSection, ...]:
    """Return the sections that have a link, in the order of the style, the best items first."""
    filed: dict[_Part, list[Story]] = defaultdict(list)
    for story in group_stories(material.links, alike=material.alike):
        filed[_part_of(story.links[0])].append(story)
    limits = Limits.of(max(_FEWEST_A_SECTION, material.highlights // max(1, len(filed))))
    return tuple(
        _section(part, filed[part], limits, material, say) for part in _PARTS if part in filed
    )


def write_document(digest: Digest, say: Say, *, picture: bytes) -> Post:
    blocks = list(_opening(digest, say, picture=picture))
    references = _Numbered()
    for section in digest.sections:
        blocks += _section_blocks(section, references, say, language=digest.language)
    blocks += note_blocks(digest.notes, say, level=2)
    blocks += engine_note(digest, say)
    blocks += references.blocks(say)
    return Post(tuple(blocks), language=digest.language)


def write_chat(digest: Digest, say: Say, *, picture: bytes) -> Post:
    """Return a line an item by section; in the thread what they say, the links at their titles."""
    blocks = list(_opening(digest, say, picture=picture))
    for section in digest.sections:
        blocks.append(bold(section.title))
        shown = section.items[:_AT_A_GLANCE]
        blocks.append(Bullets(tuple(entry_at_a_glance(item, say) for item in shown)))
    blocks += engine_note(digest, say)
    replies = [tuple(_reply(section, say)) for section in digest.sections]
    replies.append(note_blocks(digest.notes, say, level=2))
    thread = tuple(Post(reply, language=digest.language) for reply in replies if reply)
    return Post(tuple(blocks), thread=thread, language=digest.language)


def in_head(digest: Digest) -> list[DigestItem]:
    return [item for section in digest.sections for item in section.items[:_AT_A_GLANCE]]


def _opening(digest: Digest, say: Say, *, picture: bytes) -> tuple[Block, ...]:
    facts: list[Block] = []
    if names := headlines_of(digest)[:_NAMED_IN_OPENING]:
        told = ", ".join(say("opening.quoted", title=shorten(name, _NAME_CHARS)) for name in names)
        facts.append(Paragraph((Text(say("opening.first", names=told)),)))
    if known := " ".join(opening_facts(digest, say)):
        facts.append(Quote((Text(known),)))
    return opening(digest, say, picture=picture, facts=facts)


def _part_of(link: LinkRecord) -> _Part:
    if part := _PART_OF_LABEL.get(category_key(link.saves[0].label)):
        return part
    if link.kind is Kind.NEWS:
        return _NEWS
    if link.kind is Kind.PAPER:
        return _PAPERS
    if link.topics:
        return _PART_OF_TOPIC.get(link.topics[0], _MODELS)
    return _PROGRAMMING if link.kind is Kind.DEV else _REST


def _section(
    part: _Part, stories: Sequence[Story], limits: Limits, material: Material, say: Say
) -> DigestSection:
    selection = select_stories(stories, limits=limits, signals=material.signals)
    return DigestSection(
        heading=say(f"digest.part.{part.key}"),
        emoji=part.emoji,
        items=tuple(make_item(choice, material) for choice in selection.highlights),
        brief=tuple(make_item(choice, material) for choice in selection.brief),
        key=part.key,
    )


def _section_blocks(
    section: DigestSection, references: _Numbered, say: Say, *, language: str
) -> Iterator[Block]:
    yield heading(section.title, 2)
    told, listed = _divide(section)
    for item in told:
        headline, lines = headline_of(item, language=language)
        yield Heading((Text(headline), *references.of(item, section)), level=3)
        is_short = item in section.brief and not is_by_person(item)
        if sentences := _sentences(item, lines[: 1 if is_short else _SENTENCES], say):
            yield Bullets(sentences)
    if listed:
        yield bold(say("digest.also_shared"))
        brief = (_brief(item, section, references, say, language=language) for item in listed)
        yield Bullets(tuple(brief))


def _divide(section: DigestSection) -> tuple[list[DigestItem], list[DigestItem]]:
    """Return what gets a heading of its own, and what is one line of a list.

    Trend posts say a sentence of everything; a post of thousands, or of what is in doubt or that
    hardly anybody wanted, says it of the first.
    """
    room = max(0, _HEADINGS - len(section.items))
    worthy = [item for item in section.brief if _is_worth_a_heading(item)][:room]
    return [*section.items, *worthy], [item for item in section.brief if item not in worthy]


def _is_worth_a_heading(item: DigestItem) -> bool:
    return bool(lines_of(item)) and not item.doubts and item.score >= FLOOR


def _sentences(item: DigestItem, lines: Sequence[str], say: Say) -> tuple[Item, ...]:
    shown = [Text(shorten(line, _SENTENCE_CHARS)) for line in lines]
    doubts = [Text(remark, emphasis=True) for remark in remarks(item, say)]
    return tuple(Item((each,)) for each in (*shown, *doubts))


def _brief(
    item: DigestItem, section: DigestSection, references: _Numbered, say: Say, *, language: str
) -> Item:
    headline, lines = headline_of(item, language=language)
    lead = (Text(f" — {shorten(lines[0])}"),) if lines else ()
    doubts = tuple(Text(f" — {remark}", emphasis=True) for remark in remarks(item, say))
    return Item((Text(headline), *references.of(item, section), *lead, *doubts))


def _reply(section: DigestSection, say: Say) -> Iterator[Block]:
    yield heading(section.title, 2)
    items = [
        Item(entry(item), (Bullets(below),) if below else ())
        for item in section.items
        for below in [(*_sentences(item, lines_of(item)[:_SENTENCES], say), *also_items(item, say))]
    ]
    yield Bullets(tuple(items))
    if section.brief:
        yield bold(say("digest.also_shared"))
        yield from brief_in_chat(section.brief, say)


class _Numbered:
    """The references of one document, numbered as they are made."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._next = {part.key: count(1) for part in _PARTS}

    def of(self, item: DigestItem, section: DigestSection) -> tuple[Inline, ...]:
        """Return a mark for the item and one for each other link of its story."""
        credit = f", {item.who}" if item.who else ""
        related = [
            inline
            for each in item.related
            for inline in (Text(f" · {KIND_EMOJI[each.kind]} "), Anchor(each.title, each.url))
        ]
        notes = [Item((Anchor(item.title, item.url), *_text(credit), *related))]
        notes += [Item((Anchor(title, url),)) for title, url in item.also]
        marks: list[Inline] = []
        for note in notes:
            key = self._key(section)
            self._items[key] = note
            marks += [Text(" "), Reference(f"[{len(self._items)}]", key=key)]
        return tuple(marks)

    def blocks(self, say: Say) -> tuple[Block, ...]:
        if not self._items:
            return ()
        notes = Footnotes(tuple(self._items.values()), is_ordered=True, keys=tuple(self._items))
        return (heading(say("digest.references"), 2), notes)

    def _key(self, section: DigestSection) -> str:
        mark = next(part.mark for part in _PARTS if part.key == section.key)
        return f"ref-{mark}-{next(self._next[section.key])}"


def _text(text: str) -> tuple[Inline, ...]:
    return (Text(text),) if text else ()
