"""The style `weekly`, as study groups keep archives: links with their bullets by week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from bot.domain.digests import Digest, DigestItem, DigestSection, Period
from bot.domain.material import Material, make_item
from bot.domain.periods import period_title, week_of
from bot.domain.selection import Limits, select_stories
from bot.domain.stories import Story, group_stories
from bot.domain.styles.blocks import (
    brief_in_chat,
    engine_note,
    entry_at_a_glance,
    entry_in_full,
    entry_to_unfold,
    heading,
    note_blocks,
    opening,
)
from bot.posts import Block, Bullets, Post
from bot.texts import Say

_WEEK = timedelta(days=7)
_FEWEST_A_WEEK = 4  # a week that is told at all is told with a few links
_ENTRIES_A_REPLY = 4  # about a screen of a thread


def title(period: Period, say: Say) -> str:
    return say("digest.title.links", period=period_title(period, say))


def compile_sections(
    material: Material,
    say: Say,
    *,
    language: str,  # noqa: ARG001 - weeks are called by `say` alone
) -> tuple[DigestSection, ...]:
    """Return one section an ISO week, oldest first, the best entries of each first.

    A period of up to seven days is one section, also where it lies across two weeks.
    """
    weeks: dict[Period, list[Story]] = defaultdict(list)
    for story in group_stories(material.links, alike=material.alike):
        weeks[_section_period(material, story)].append(story)
    limits = _limits(material.highlights, weeks=len(weeks))
    return tuple(
        _section(week, weeks[week], limits, material, say)
        for week in sorted(weeks, key=lambda week: week.first)
    )


def write_document(digest: Digest, say: Say, *, picture: bytes) -> Post:
    blocks = list(opening(digest, say, picture=picture))
    is_long = len(digest.sections) > 1
    for section in digest.sections:
        if is_long:
            blocks.append(heading(section.heading, 2))
        blocks += _highlights(section, say, level=2 + is_long)
        blocks += _brief(section, say, level=2 + is_long)
    blocks += note_blocks(digest.notes, say, level=2)
    blocks += engine_note(digest, say)
    return Post(tuple(blocks), language=digest.language)


def write_chat(digest: Digest, say: Say, *, picture: bytes) -> Post:
    """Return the highlights a line each, and in the thread all of it."""
    blocks = list(opening(digest, say, picture=picture))
    for section in digest.sections:
        if len(digest.sections) > 1:
            blocks.append(heading(section.heading, 2))
        blocks.append(Bullets(tuple(entry_at_a_glance(item, say) for item in section.items)))
    blocks += engine_note(digest, say)
    replies = [
        Post(tuple(reply), language=digest.language) for reply in _replies(digest, say) if reply
    ]
    return Post(tuple(blocks), thread=tuple(replies), language=digest.language)


def _section_period(material: Material, story: Story) -> Period:
    period = material.period
    is_short = period.end - period.first <= _WEEK
    return period if is_short else week_of(material.day_of(story.links[0]))


def _limits(highlights: int, *, weeks: int) -> Limits:
    return Limits.of(max(_FEWEST_A_WEEK, highlights // max(1, weeks)))


def _section(
    week: Period, stories: list[Story], limits: Limits, material: Material, say: Say
) -> DigestSection:
    selection = select_stories(stories, limits=limits, signals=material.signals)
    return DigestSection(
        heading=period_title(week, say),
        emoji="",
        items=tuple(make_item(choice, material) for choice in selection.highlights),
        brief=tuple(make_item(choice, material) for choice in selection.brief),
    )


def _highlights(section: DigestSection, say: Say, *, level: int) -> Iterator[Block]:
    if section.brief:  # else there is nothing to set them apart from
        yield heading(say("digest.highlights"), level)
    yield Bullets(tuple(entry_in_full(item, say) for item in section.items))


def _brief(section: DigestSection, say: Say, *, level: int) -> Iterator[Block]:
    if section.brief:
        yield heading(say("digest.also_shared"), level)
        yield Bullets(tuple(entry_to_unfold(item, say) for item in section.brief))


def _brief_reply(section: DigestSection, say: Say, *, of_week: bool) -> Iterator[Block]:
    """Yield the one-liners for a thread: a reply stands alone and names its week."""
    if section.brief:
        title = say("digest.also_shared")
        yield heading(f"{title} · {section.heading}" if of_week else title, 2)
        yield from brief_in_chat(section.brief, say)


def _replies(digest: Digest, say: Say) -> Iterator[tuple[Block, ...]]:
    for section in digest.sections:
        for start in range(0, len(section.items), _ENTRIES_A_REPLY):
            title = (heading(section.heading, 2),) if start == 0 else ()
            yield (*title, _entries(section.items[start : start + _ENTRIES_A_REPLY], say))
        yield tuple(_brief_reply(section, say, of_week=len(digest.sections) > 1))
    yield note_blocks(digest.notes, say, level=2)


def _entries(items: tuple[DigestItem, ...], say: Say) -> Bullets:
    return Bullets(tuple(entry_in_full(item, say) for item in items))
