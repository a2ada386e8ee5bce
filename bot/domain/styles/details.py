"""What a digest's buttons show to whoever asks: its key concepts, why it chose so, what else."""

from __future__ import annotations

from bot.domain.digests import Digest, DigestItem
from bot.domain.styles import STYLES
from bot.domain.styles.blocks import (
    bold,
    entry,
    entry_in_line,
    heading,
    more_line,
)
from bot.domain.styles.reason_words import reason_against, reasons_in
from bot.domain.styles.rules import highlights_of
from bot.domain.styles.terms import explained, explained_items, term_names
from bot.posts import Anchor, Block, Bullets, Button, Buttons, Context, Item, Text
from bot.text.term_names import name_key
from bot.texts import Say

CONCEPTS, WHY, MORE = "digest.concepts", "digest.why", "digest.more"

_CONCEPTS = 20
_SHOWN = 15  # about two screens of a phone


def detail_buttons(digest: Digest, which: str, say: Say) -> tuple[Block, ...]:
    """Return a button for each question that this digest can answer; `which` names the digest."""
    items = _items(digest)
    has_concepts = any(item.concepts for item in items)
    actions = [CONCEPTS] * has_concepts + [WHY] * bool(items) + [MORE] * bool(_rest(digest))
    buttons = tuple(Button(say(f"{each}_button"), each, which) for each in actions)
    return (Buttons(buttons),) if buttons else ()


def concept_blocks(digest: Digest, say: Say) -> tuple[Block, ...]:
    """Return each concept once, with the link that it is from, and the terms of each link."""
    found: dict[str, Item] = {}
    for item in _items(digest):
        source = (Text(" — "), Anchor(item.title, item.url))
        for concept in explained(item.concepts):
            (told,) = explained_items([concept])
            key = name_key(concept.term)
            found.setdefault(key, Item((*told.inlines, *source), told.blocks))
    named = [
        Item((Anchor(item.title, item.url), Text(f": {', '.join(names)}")))
        for item in _items(digest)
        if (names := term_names(item, explained(item.concepts)))
    ]
    blocks: list[Block] = [heading(say("digest.key_concepts"), 3)]
    if found:
        blocks.append(Bullets(tuple(found.values())[:_CONCEPTS]))
    if len(found) > _CONCEPTS:
        blocks.append(more_line(len(found) - _CONCEPTS, say))
    if named:
        blocks += [bold(say("digest.terms")), Bullets(tuple(named[:_SHOWN]))]
    return tuple(blocks)


def why_blocks(digest: Digest, say: Say, *, has_buttons: bool) -> tuple[Block, ...]:
    """Return what counted for each highlight, and for what just missed what stopped it.

    `has_buttons`: the one for more is there, so that it may be named.
    """
    language = digest.language
    blocks: list[Block] = [heading(say("digest.why_title"), 3)]
    told = [
        Item((*entry(item), Text(f" — {reasons_in(item, say, language=language)}")))
        for item in highlights_of(digest)[: _SHOWN * 2]
    ]
    if told:
        blocks.append(Bullets(tuple(told)))
    missed = [
        Item(
            (*entry(item), Text(f" — {reason_against(item, say, language=language)}")),
            (Bullets((Item((Text(reasons_in(item, say, language=language)),)),)),),
        )
        for item in digest.near_misses
    ]
    if missed:
        blocks += [heading(say("digest.why_near"), 3), Bullets(tuple(missed))]
    if digest.left_out:
        blocks.append(Context((Text(say("digest.why_told", count=len(digest.left_out))),)))
    keys = ["digest.why_rule", *["digest.why_more"] * (has_buttons and bool(_rest(digest)))]
    blocks.append(Context((Text(" ".join(map(say, keys))),)))
    return tuple(blocks)


def more_blocks(digest: Digest, say: Say, *, skip: int) -> tuple[tuple[Block, ...], int]:
    """Return the next links that the head does not name, and how many come before those after.

    0: there are no more.
    """
    rest = _rest(digest)
    shown = rest[skip : skip + _SHOWN]
    left = len(rest) - skip - len(shown)
    blocks: list[Block] = [heading(say("digest.also_shared"), 3)]
    blocks.append(Bullets(tuple(entry_in_line(item, say) for item in shown)))
    if left > 0:
        blocks.append(more_line(left, say))
    return tuple(blocks), skip + len(shown) if left > 0 else 0


def _items(digest: Digest) -> list[DigestItem]:
    brief = [item for section in digest.sections for item in section.brief]
    return [*highlights_of(digest), *brief]


def _rest(digest: Digest) -> list[DigestItem]:
    """Return what the head post does not name."""
    named = {item.link for item in STYLES[digest.style].in_head(digest)}
    return [item for item in _items(digest) if item.link not in named]
