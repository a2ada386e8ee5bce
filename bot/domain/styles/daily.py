"""The style `daily`: per topic what it is about, what happened, what follows, and the sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.domain.analysis import analyse, read_source
from bot.domain.digests import Analysis, Digest, DigestSection, Period, Statement
from bot.domain.material import Material, make_item
from bot.domain.models import LinkId, LinkRecord
from bot.domain.periods import is_day, period_title
from bot.domain.reasons import Reason
from bot.domain.reported_analysis import ReportedAnalysis, category_key, read_reports, to_analysis
from bot.domain.selection import Choice, Limits, Selection, select_stories
from bot.domain.stories import group_stories
from bot.domain.styles.blocks import (
    bold,
    engine_note,
    entry_at_a_glance,
    heading,
    note_blocks,
    opening,
)
from bot.domain.topic_names import emoji_of_category, topic_emoji, topic_name
from bot.posts import Anchor, Block, Bullets, Context, Inline, Item, Post, Text
from bot.texts import Say

_FIRST = Reason("why.first_of_topic")


def title(period: Period, say: Say) -> str:
    key = "digest.title.day" if is_day(period) else "digest.title.topics"
    return say(key, period=period_title(period, say))


def compile_sections(material: Material, say: Say, *, language: str) -> tuple[DigestSection, ...]:
    """Return one section a topic, those of most links first.

    Links that an imported report filed under a category of its own stay in it, with what
    people wrote about it.
    """
    reports = read_reports(material.passages)
    filed = _file(
        select_stories(
            group_stories(material.links, alike=material.alike),
            limits=Limits.of(material.highlights),
            signals=material.signals,
        ),
        lambda link: _category(link, reports) or topic_name(link, say, language=language),
    )
    texts = {link.id: link for link in material.links}
    sections = [
        _section(name, chosen, reports.get(category_key(name)), texts, material, say)
        for name, chosen in filed.items()
    ]
    return tuple(sorted(sections, key=lambda section: (-len(section.sources), section.heading)))


def write_document(digest: Digest, say: Say, *, picture: bytes) -> Post:
    blocks = list(opening(digest, say, picture=picture))
    for section in digest.sections:
        blocks += _section_blocks(section, say)
    blocks += note_blocks(digest.notes, say, level=2)
    blocks += _origin_note(digest, say)
    blocks += engine_note(digest, say)
    return Post(tuple(blocks), language=digest.language)


def write_chat(digest: Digest, say: Say, *, picture: bytes) -> Post:
    """Return the links of each topic a line each, and in the thread a reply for each topic."""
    blocks = list(opening(digest, say, picture=picture))
    for section in digest.sections:
        if section.items:
            blocks.append(bold(section.title))
            blocks.append(Bullets(tuple(entry_at_a_glance(item, say) for item in section.items)))
    blocks += _origin_note(digest, say)
    blocks += engine_note(digest, say)
    replies = [tuple(_section_blocks(section, say)) for section in digest.sections]
    replies.append(note_blocks(digest.notes, say, level=2))
    thread = tuple(Post(reply, language=digest.language) for reply in replies if reply)
    return Post(tuple(blocks), thread=thread, language=digest.language)


def _file(selection: Selection, name_of: Callable[[LinkRecord], str]) -> dict[str, Selection]:
    """Return the choices by what their section is called; each section has a highlight."""
    highlights: dict[str, list[Choice]] = defaultdict(list)
    for choice in selection.highlights:
        highlights[name_of(choice.main)].append(choice)
    brief: dict[str, list[Choice]] = defaultdict(list)
    # What may be told already opens no section: it comes last, and goes where that is told.
    for choice in sorted(selection.brief, key=lambda choice: choice.near is not None):
        name = name_of(choice.near or choice.main)
        if name in highlights:
            brief[name].append(choice)
        else:  # else the topic would be told by nothing
            highlights[name].append(replace(choice, why=(*choice.why, _FIRST), why_not=None))
    return {name: Selection(tuple(highlights[name]), tuple(brief[name])) for name in highlights}


def _category(link: LinkRecord, reports: Mapping[str, ReportedAnalysis]) -> str:
    report = reports.get(category_key(link.saves[0].label))
    return report.category if report else ""


def _section(
    name: str,
    chosen: Selection,
    report: ReportedAnalysis | None,
    texts: Mapping[LinkId, LinkRecord],
    material: Material,
    say: Say,
) -> DigestSection:
    section = DigestSection(
        heading=name,
        emoji=_emoji(name, report, chosen.highlights[0].main),
        items=tuple(make_item(choice, material) for choice in chosen.highlights),
        brief=tuple(make_item(choice, material) for choice in chosen.brief),
    )
    if report:
        analysis = to_analysis(report, [title for title, _ in section.sources], say)
    else:
        analysis = _analyse(section, texts, say)
    return DigestSection(section.heading, section.emoji, section.items, section.brief, analysis)


def _emoji(name: str, report: ReportedAnalysis | None, link: LinkRecord) -> str:
    if report is None:
        return topic_emoji(link)
    return report.emoji or emoji_of_category(name, link)


def _analyse(section: DigestSection, texts: Mapping[LinkId, LinkRecord], say: Say) -> Analysis:
    sources = []
    number = 1
    for item in (*section.items, *section.brief):
        sources.append(
            read_source(
                number,
                item.title,
                summary=item.summary,
                text=texts[item.link].text,
                terms=[concept.full_name for concept in item.concepts],
                is_highlight=item in section.items,
            )
        )
        number += 1 + len(item.also)
    return analyse(sources, say)


def _section_blocks(section: DigestSection, say: Say) -> Iterator[Block]:
    yield heading(section.title, 2)
    analysis = section.analysis
    if analysis and not analysis.is_empty:
        yield bold(say("digest.summary"))
        yield Bullets(tuple(_parts(analysis, say)), is_ordered=True)
    yield bold(say("digest.sources"))
    yield Bullets(tuple(_source(*source) for source in section.sources), is_ordered=True)


def _parts(analysis: Analysis, say: Say) -> Iterator[Item]:
    """Yield the parts that have something to say; the list's own numbers close the gaps."""
    if analysis.subjects:
        # A person's subjects are phrases of their own; ours are terms, which read as one line.
        items = _statements(analysis.subjects) if analysis.origin else [_terms(analysis.subjects)]
        yield _part(say("digest.subjects"), items)
    if analysis.events:
        yield _part(say("digest.events"), _statements(analysis.events))
    if analysis.impact:
        fields = [_field(name, statements) for name, statements in analysis.impact]
        yield _part(say("digest.impact_analysis"), [item for each in fields for item in each])
    if analysis.conclusion:
        yield _part(say("digest.conclusion"), _statements(analysis.conclusion))


def _part(title: str, items: Sequence[Item]) -> Item:
    return Item((Text(title, strong=True),), (Bullets(tuple(items)),))


def _field(name: str, statements: Sequence[Statement]) -> list[Item]:
    """Return the field with its one statement on the line, or its statements below."""
    if not name:
        return _statements(statements)
    label: Inline = Text(name, strong=True)
    if len(statements) == 1:
        return [Item((label, Text(": "), *_statement(statements[0])))]
    return [Item((label,), (Bullets(tuple(_statements(statements))),))]


def _statements(statements: Sequence[Statement]) -> list[Item]:
    return [Item(_statement(statement)) for statement in statements]


def _statement(statement: Statement) -> tuple[Inline, ...]:
    numbers = "".join(f"[{number}]" for number in statement.sources)
    return (Text(statement.text), Text(f" {numbers}")) if numbers else (Text(statement.text),)


def _origin_note(digest: Digest, say: Say) -> Iterator[Block]:
    analyses = [section.analysis for section in digest.sections if section.analysis]
    for origin in dict.fromkeys(analysis.origin for analysis in analyses if analysis.origin):
        yield Context((Text(say("digest.analysis_from", title=origin)),))


def _terms(statements: Sequence[Statement]) -> Item:
    inlines: list[Inline] = []
    for statement in statements:
        inlines += [Text(", ")] if inlines else []
        inlines += _statement(statement)
    return Item(tuple(inlines))


def _source(title: str, url: str) -> Item:
    return Item((Anchor(title, url),))
