"""From what a period holds to its digest: the same material always gives the same digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.domain.charting import make_chart
from bot.domain.digests import Digest, DigestNote, Style, Tally
from bot.domain.material import Group, Material, count_groups
from bot.domain.models import Engine, LinkRecord, MemberId, NotePassage, NoteRecord
from bot.domain.periods import period_title
from bot.domain.publishers import is_machine
from bot.domain.reported_analysis import clean_line, read_reports
from bot.domain.styles import STYLES
from bot.domain.topic_names import name_of_topic
from bot.text.headings import split_headings
from bot.texts import Say


def compile_digest(material: Material, *, style: Style, language: str, say: Say) -> Digest:
    """Return the digest of a period; without links it has no sections and says why."""
    rules = STYLES[style]
    sections = rules.compile_sections(material, say, language=language)
    return Digest(
        period=material.period,
        style=style,
        language=language,
        title=rules.title(material.period, say),
        sections=sections,
        chart=make_chart(
            material,
            sections,
            say,
            language=language,
            has_topic_sections=rules.has_topic_sections,
        ),
        notes=_notes(material, without_told=rules.has_topic_sections),
        reason="" if sections else say("digest.empty", period=period_title(material.period, say)),
        engine=_engine(material.links),
        links=tuple(sorted(link.id for link in material.links)),
        left_out=tuple(sorted(material.left_out)),
        savers=_count_savers(material.links, are_machines=False),
        origins=_count_savers(material.links, are_machines=True),
        topics=_count_topics(material, language=language),
    )


def _count_savers(links: Sequence[LinkRecord], *, are_machines: bool) -> tuple[Tally, ...]:
    """Return who saved how many of the links, most first; a link of two counts for both."""
    names: dict[MemberId, str] = {}
    counts: Counter[MemberId] = Counter()
    for link in links:
        savers = {save.member: save.member_name for save in link.saves}
        names |= savers
        counts.update(member for member in savers if is_machine(member) is are_machines)
    tallies = [(Tally(names[member], count), member) for member, count in counts.items()]
    tallies.sort(key=lambda each: (-each[0].count, each[0].name, each[1]))
    return tuple(tally for tally, _ in tallies)


def _count_topics(material: Material, *, language: str) -> tuple[Tally, ...]:
    counts = _by_topic(count_groups(material.links))
    before = None if material.before is None else _by_topic(material.before)
    tallies = [
        Tally(
            name_of_topic(topic, language=language),
            count,
            None if before is None else before[topic],
        )
        for topic, count in counts.items()
    ]
    return tuple(sorted(tallies, key=lambda each: (-each.count, each.name)))


def _by_topic(groups: Sequence[tuple[Group, int]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for group, count in groups:
        if group.topic:
            counts[group.topic] += count
    return counts


def _notes(material: Material, *, without_told: bool) -> tuple[DigestNote, ...]:
    """Return the notes of the period; `without_told` leaves out analyses that a section tells."""
    told = {
        note: report for report in read_reports(material.passages).values() for note in report.notes
    }
    return tuple(
        DigestNote(note.title, line=told[note.id].gist)
        if note.id in told
        else DigestNote(note.title, _parts(note), _first_line(note, material.passages))
        for note in material.notes
        if not (without_told and note.id in told)
    )


def _parts(note: NoteRecord) -> tuple[str, ...]:
    """Return the note's parts in order: the first step of each path below the note's title."""
    paths = map(split_headings, note.headings)
    below = (path[1:] if path[0] == note.title else path for path in paths)
    return tuple(dict.fromkeys(path[0] for path in below if path and path[0]))


def _first_line(note: NoteRecord, passages: Sequence[NotePassage]) -> str:
    text = next((passage.text for passage in passages if passage.note == note.id), "")
    lines = (clean_line(line) for line in text.splitlines())
    return next((line for line in lines if line and line != note.title), "")


def _engine(links: Sequence[LinkRecord]) -> str:
    """Name who wrote most of the summaries, the extractive summariser if nobody did."""
    engines = Counter(link.summary.engine for link in links if link.summary and link.summary.points)
    order = (Engine.EXTRACTIVE, Engine.IMPORTED, Engine.MODEL)
    return str(max(order, key=lambda engine: engines[engine]))
