"""Blocks that all styles share: entries, their bullets, related links, concepts, sources."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.digests import Digest, DigestItem, DigestNote
from bot.domain.models import KIND_EMOJI, Engine, Kind, Related
from bot.domain.points import beyond_title, walk
from bot.domain.styles.points import merge, point_blocks
from bot.domain.styles.terms import explained_beside, explained_items, term_names
from bot.domain.writing import Writing, model_of
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Context,
    Fold,
    Heading,
    Inline,
    Inlines,
    Item,
    Paragraph,
    Picture,
    Text,
)
from bot.texts import Say

ONE_LINE_CHARS = 110
_MIN_CUT_SHARE = 0.6
_NOTE_PARTS = 20
_ALSO_AT_A_GLANCE = 3
_BRIEF_IN_CHAT = 40
_NAMED_CHARS = 60


def heading(text: str, level: int) -> Heading:
    return Heading((Text(text),), level=level)


def bold(text: str) -> Paragraph:
    return Paragraph((Text(text, strong=True),))


def opening(
    digest: Digest, say: Say, *, picture: bytes, facts: Sequence[Block] = ()
) -> tuple[Block, ...]:
    """Title, one line of counts, what else is known, chart."""
    blocks: list[Block] = [heading(digest.title, 1)]
    if digest.sections:
        blocks.append(Context((Text(counts_line(digest, say)),)))
        if digest.opening:
            blocks.append(_cited(digest))
        blocks += facts
    if digest.chart and digest.chart.bars:
        blocks.append(Picture(digest.chart.name, digest.chart.alt, picture))
    if digest.reason:
        blocks.append(Paragraph((Text(digest.reason),)))
    return tuple(blocks)


def _cited(digest: Digest) -> Paragraph:
    """Return the opening, each statement with links to what it is from."""
    items = [item for section in digest.sections for item in section.items]
    inlines: list[Inline] = []
    for statement in digest.opening:
        inlines.append(Text(f" {statement.text}" if inlines else statement.text))
        for number in statement.sources:
            inlines += [Text(" "), Anchor(f"[{number}]", items[number - 1].url)]
    return Paragraph(tuple(inlines))


def counts_line(digest: Digest, say: Say) -> str:
    """Return how many links of which kind: the legend of the emoji as well."""
    kinds = [kind for section in digest.sections for kind in section.kinds]
    parts = [say("digest.links", count=len(kinds))]
    parts += [
        f"{KIND_EMOJI[kind]} {say(f'kind.{kind}')} {kinds.count(kind)}"
        for kind in Kind
        if kind in kinds
    ]
    return " · ".join(parts)


def entry(item: DigestItem | Related) -> Inlines:
    """Return `EMOJI [who] title`, the title a link."""
    return (Text(f"{KIND_EMOJI[item.kind]} "), *_credited(item))


def entry_in_full(item: DigestItem, say: Say) -> Item:
    """Return an entry with its bullets, related links, links of the same story and concepts."""
    blocks: list[Block] = []
    if item.summary:
        blocks += point_blocks(item.summary.points, item.summary.engine)
    below = related_items(item)
    beside = explained_beside(item)
    if names := term_names(item, beside):
        below.append(Item((Text(f"{say('digest.terms')}: {', '.join(names)}"),)))
    below += also_items(item, say)
    if below:
        blocks.append(Bullets(tuple(below)))
    if concepts := explained_items(beside):
        blocks.append(Fold((Text(say("digest.key_concepts")),), (Bullets(tuple(concepts)),)))
    return Item((*entry(item), *_tail(item, say)), tuple(merge(blocks)))


def entry_at_a_glance(item: DigestItem, say: Say) -> Item:
    """Return an entry as `entry_in_line` does, for where all of it follows."""
    return entry_in_line(item, say, also_at_most=_ALSO_AT_A_GLANCE)


def entry_in_line(item: DigestItem, say: Say, *, also_at_most: int | None = None) -> Item:
    """Return an entry with the first words of its summary, and links of the same story."""
    line = lead_line(item)
    lead: list[Inline] = [Text(f" — {line}")] if line else []
    also = also_items(item, say)
    if also_at_most is not None and len(also) > also_at_most:
        more = say("digest.more", count=len(also) - also_at_most)
        also = [*also[:also_at_most], Item((Text(more),))]
    blocks = (Bullets(tuple(also)),) if also else ()
    return Item((*entry(item), *_tail(item, say, lead)), blocks)


def entry_to_unfold(item: DigestItem, say: Say) -> Item:
    """Return an entry as `entry_in_line` does; what a person wrote beyond the line unfolds."""
    line = entry_in_line(item, say)
    if item.summary is None or item.summary.engine is not Engine.IMPORTED:
        return line
    bullets = list(walk(item.summary.points))
    if len(bullets) == 1 and not item.related and not explained_beside(item):
        return line
    whole = Fold((Text(say("digest.in_full")),), entry_in_full(item, say).blocks)
    return Item(line.inlines, (whole,))


def lead_line(item: DigestItem) -> str:
    """Return the first thing that the summary says beyond the title, cut at a word, or ""."""
    if item.summary is None:
        return ""
    return next(map(shorten, beyond_title(item.title, item.summary)), "")


def shorten(text: str, limit: int = ONE_LINE_CHARS) -> str:
    """Cut at a space near the limit and say so with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text.rfind(" ", int(limit * _MIN_CUT_SHARE), limit)
    return text[: cut if cut > 0 else limit - 1].rstrip(" ,.;:·-–—→") + "…"


def brief_in_chat(items: Sequence[DigestItem], say: Say) -> tuple[Block, ...]:
    """Return one-liners for a thread, where nobody scrolls through hundreds."""
    shown = Bullets(tuple(entry_in_line(item, say) for item in items[:_BRIEF_IN_CHAT]))
    left = len(items) - _BRIEF_IN_CHAT
    return (shown, more_line(left, say)) if left > 0 else (shown,)


def more_line(count: int, say: Say) -> Context:
    return Context((Text(say("digest.more", count=count)),))


def related_items(item: DigestItem) -> list[Item]:
    return [_related(each) for each in item.related]


def also_items(item: DigestItem, say: Say) -> list[Item]:
    """Return the other links of the story, but for those that are related links of the entry."""
    related = {each.url for each in item.related}
    others = [(title, url) for title, url in item.also if url not in related]
    return [
        Item((Text(f"{say('digest.same_story')}: "), Anchor(title, url))) for title, url in others
    ]


def savers(item: DigestItem, say: Say) -> str:
    """Return how many saved it, "" for one."""
    count = next((each.count for each in item.why if each.key == "why.savers"), 1)
    return say("why.savers", count=count) if count > 1 else ""


def remarks(item: DigestItem, say: Say) -> list[str]:
    """Return why an item is no plain fact, or has no summary."""
    found = [say(f"digest.doubt.{doubt}") for doubt in item.doubts]
    if item.summary is None and item.is_unreadable:
        found.append(say("digest.unreadable"))
    if item.summary is None and item.is_waiting:
        found.append(say("digest.waiting"))
    return found


def note_blocks(notes: Sequence[DigestNote], say: Say, *, level: int) -> tuple[Block, ...]:
    """Return the part "from the notes": each note with the headings of what was said."""
    if not notes:
        return ()
    items = tuple(_note(note, say) for note in notes)
    return (heading(say("digest.from_notes"), level), Bullets(items))


def engine_note(digest: Digest, say: Say) -> tuple[Block, ...]:
    """Return the small print that says who wrote it: a model, or the pages themselves."""
    summaries = [
        item.summary
        for section in digest.sections
        for item in (*section.items, *section.brief)
        if item.summary
    ]
    models = [model_of(each) for each in summaries if each.engine is Engine.MODEL]
    if digest.writing and digest.writing.prose:
        models.append(digest.writing.model)
    lines = []
    if models:
        lines.append(say("digest.written", model=", ".join(dict.fromkeys(models))))
    if digest.writing:
        lines += _shortcomings(digest.writing, say)
    if any(each.engine is Engine.EXTRACTIVE for each in summaries):
        lines.append(_extracted(digest, say) if models else say("digest.extracted"))
    return (Context((Text(" ".join(lines)),)),) if lines else ()


def _extracted(digest: Digest, say: Say) -> str:
    """Return which summaries a model did not write; of what is told at length, each by title."""
    titles = [
        f"“{shorten(item.title or item.url, _NAMED_CHARS)}”"
        for section in digest.sections
        for item in section.items
        if item.summary and item.summary.engine is Engine.EXTRACTIVE
    ]
    if not titles:
        return say("digest.extracted_rest")
    return say("digest.extracted_named", titles=", ".join(titles))


def _shortcomings(writing: Writing, say: Say) -> list[str]:
    """Return what of a model's was refused, and why it wrote no more."""
    lines = []
    if writing.refused:
        lines.append(say("digest.refused", count=writing.refused))
    if writing.without:
        is_refusal = writing.without == "refuses"
        value = say(f"model.refused.{writing.value}") if is_refusal else writing.value
        lines.append(say(f"digest.without.{writing.without}", value=value))
    return lines


def _credited(item: DigestItem | Related) -> Inlines:
    who: list[Inline] = [Text(f"[{item.who}] ")] if item.who else []
    return (*who, Anchor(item.title or item.url, item.url))


def _related(related: Related) -> Item:
    points = related.summary.points if related.summary else ()
    engine = related.summary.engine if related.summary else Engine.IMPORTED
    # The video of a talk is no curiosity because it lies where curiosities do.
    is_known = related.kind in (Kind.PAPER, Kind.DEV)
    inlines = entry(related) if is_known else _credited(related)
    return Item(inlines, tuple(point_blocks(points, engine)))


def _note(note: DigestNote, say: Say) -> Item:
    parts = list(note.headings[:_NOTE_PARTS])
    if len(note.headings) > _NOTE_PARTS:
        parts.append(say("digest.more", count=len(note.headings) - _NOTE_PARTS))
    below = (Bullets(tuple(Item((Text(part),)) for part in parts)),) if parts else ()
    line = (Text(f" — {shorten(note.line)}"),) if note.line else ()
    return Item((Text(note.title, strong=True), *line), below)


def _tail(item: DigestItem, say: Say, lead: Sequence[Inline] = ()) -> Inlines:
    """Return what follows a title: who saved it, the first words, and what is to be known of it."""
    saved = savers(item, say)
    found = "; ".join(remarks(item, say))
    remark = (Text(f" — {found}", emphasis=True),) if found else ()
    return (*((Text(f" · {saved}"),) if saved else ()), *lead, *remark)
