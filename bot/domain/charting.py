"""The chart as a value: links by topic, what changed, of which kinds, who shared them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.domain.digests import Chart, ChartBar, ChartPanel, DigestSection
from bot.domain.material import Group, Material
from bot.domain.models import Kind, LinkRecord, MemberId
from bot.domain.periods import name_before, period_title
from bot.domain.publishers import is_machine
from bot.domain.reported_analysis import category_key, read_reports
from bot.domain.topic_names import name_of_group
from bot.texts import Say

_BARS = 8  # more do not fit a phone: the last one sums up the rest
_PEOPLE = 4
_LABEL_CHARS = 60
_MINUS = "\N{EN DASH}"  # as wide as a minus sign, which the chart's font lacks
_LEAST = 3  # links: among fewer every share and every change is chance


def make_chart(
    material: Material,
    sections: Sequence[DigestSection],
    say: Say,
    *,
    language: str,
    has_topic_sections: bool = False,
) -> Chart | None:
    """Return nothing without links. `has_topic_sections`: the bars are the sections."""
    if has_topic_sections:
        counts = Counter({section.heading: len(section.sources) for section in sections})
        reports = read_reports(material.passages)
    else:
        counts = Counter(
            name_of_group(Group.of(link), say, language=language) for link in material.links
        )
        reports = {}
    if not counts:
        return None
    before: Counter[str] = Counter()
    for group, count in material.before or ():
        # A category of this period's report was one before, if links were filed under it.
        report = reports.get(category_key(group.label))
        name = report.category if report else name_of_group(group, say, language=language)
        before[name] += count
    is_compared = min(counts.total(), before.total()) >= _LEAST
    bars = _bars(counts, before if is_compared else None, say)
    totals = _totals(material, counts.total(), before.total(), say) if is_compared else ()
    panels = tuple(_panels(material.links, sections, say)) if counts.total() >= _LEAST else ()
    return Chart(
        title=say("digest.chart.title", period=period_title(material.period, say)),
        bars=bars,
        alt=" ".join(_sentences(bars, totals, panels, say, when=name_before(material.period, say))),
        totals=totals,
        panels=panels,
    )


def _bars(counts: Counter[str], before: Counter[str] | None, say: Say) -> tuple[ChartBar, ...]:
    names = sorted(counts, key=lambda name: (-counts[name], name))
    rest = names[_BARS - 1 :] if len(names) > _BARS else []
    bars = [
        _bar(_cut(name), counts[name], None if before is None else before[name], say)
        for name in names[: len(names) - len(rest)]
    ]
    if rest:
        bars.append(
            _bar(
                say("digest.chart.rest", count=len(rest)),
                sum(counts[name] for name in rest),
                None if before is None else sum(before[name] for name in rest),
                say,
            )
        )
    return tuple(bars)


def _bar(label: str, count: int, before: int | None, say: Say) -> ChartBar:
    if before is None:
        return ChartBar(label, count)
    if before == 0:
        return ChartBar(label, count, before, say("digest.chart.new"))
    change = count - before
    if change == 0:
        return ChartBar(label, count, before, "=")
    return ChartBar(label, count, before, f"{change:+,}".replace("-", _MINUS))


def _totals(material: Material, now: int, before: int, say: Say) -> tuple[ChartBar, ...]:
    when = name_before(material.period, say)
    return (ChartBar(say("digest.chart.total"), now), ChartBar(when[:1].upper() + when[1:], before))


def _panels(
    links: Sequence[LinkRecord], sections: Sequence[DigestSection], say: Say
) -> Iterator[ChartPanel]:
    """Yield what has more than one part: of one alone there is nothing to compare."""
    kinds = Counter(kind for section in sections for kind in section.kinds)
    if len(kinds) > 1:
        parts = [ChartBar(say(f"kind.{kind}"), kinds[kind]) for kind in Kind if kinds[kind]]
        yield ChartPanel(say("digest.chart.kinds"), tuple(parts), is_whole=True)
    parts = list(_sharers(links, say))
    if len(parts) > 1:
        yield ChartPanel(say("digest.chart.sharers"), tuple(parts))


def _sharers(links: Sequence[LinkRecord], say: Say) -> Iterator[ChartBar]:
    """Yield who shared most, the other people, then machines; none where no person did.

    A link that several shared counts for each.
    """
    names: dict[MemberId, str] = {}
    people: Counter[MemberId] = Counter()
    machines: Counter[str] = Counter()
    for link in links:
        savers = {save.member: " ".join(save.member_name.split()) for save in link.saves}
        names |= savers
        people.update(member for member in savers if not is_machine(member))
        machines.update({member.partition(":")[0] for member in savers if is_machine(member)})
    if not people:
        return
    order = sorted(people, key=lambda who: (not names[who], -people[who], names[who], who))
    most = 0 if len(order) <= _PEOPLE else _PEOPLE - 1
    named = [who for who in order[: most or _PEOPLE] if names[who]]
    for who in named:
        yield ChartBar(_cut(names[who]), people[who])
    if others := set(order) - set(named):
        shared = sum(any(save.member in others for save in link.saves) for link in links)
        yield ChartBar(say("digest.chart.others", count=len(others)), shared)
    for machine, count in sorted(machines.items()):
        yield ChartBar(say(f"digest.chart.by.{machine}"), count)


def _sentences(
    bars: Sequence[ChartBar],
    totals: Sequence[ChartBar],
    panels: Sequence[ChartPanel],
    say: Say,
    *,
    when: str,
) -> Iterator[str]:
    """Yield what the picture shows, for those who do not see it."""
    listed = ", ".join(_spoken(bar, when, say) for bar in bars)
    if not totals and not panels:
        yield say("digest.chart.alt", counts=listed)
        return
    yield say("digest.chart.alt", counts=listed) + "."
    if totals:
        now, before = totals
        yield say("digest.chart.alt_totals", now=now.count, when=when, before=before.count)
    for panel in panels:
        parts = [say("digest.bar", label=bar.label, count=bar.count) for bar in panel.bars]
        yield say("digest.chart.alt_panel", title=panel.title, counts=", ".join(parts))


def _spoken(bar: ChartBar, when: str, say: Say) -> str:
    if bar.before is None:
        return say("digest.bar", label=bar.label, count=bar.count)
    if bar.before == 0:
        return say("digest.chart.bar_new", label=bar.label, count=bar.count)
    return say(
        "digest.chart.bar_before",
        label=bar.label,
        count=bar.count,
        when=when,
        before=bar.before,
    )


def _cut(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= _LABEL_CHARS else f"{name[:_LABEL_CHARS].rstrip()}…"
