"""What the chart tells: topics, what changed since the period before, kinds, who shared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.domain.compiling import compile_digest
from bot.domain.digests import Chart, ChartBar, Style
from bot.domain.material import Group, gather
from bot.domain.models import Kind, LinkRecord, NoteId, NotePassage
from bot.domain.periods import parse_period
from bot.texts import Texts
from tests.link_records import make_link, make_save

TEXTS = Texts.load()
RAG, MLOPS, AGENTS = "retrieval-rag", "mlops-data", "agents-tools"


def _links(
    count: int, topic: str, *, kind: Kind = Kind.DEV, members: str = "m"
) -> list[LinkRecord]:
    """Return links that each of the members shared."""
    saves = [make_save(member) for member in members]
    names = [f"{topic}-{kind}-{members}-{n}" for n in range(count)]
    return [make_link(name, topics=[topic], kind=kind, saves=saves) for name in names]


def _before(**counts: int) -> tuple[tuple[Group, int], ...]:
    names = {"rag": RAG, "mlops": MLOPS, "agents": AGENTS}
    return tuple((Group(names[name], Kind.DEV, ""), count) for name, count in counts.items())


def _chart(
    *links: LinkRecord,
    before: tuple[tuple[Group, int], ...] | None = None,
    period: str = "2025-W10",
    style: Style = Style.WEEKLY,
    language: str = "en",
    passages: tuple[NotePassage, ...] = (),
) -> Chart:
    material = gather(
        parse_period(period, today=date(2025, 3, 9)),
        ZoneInfo("Asia/Seoul"),
        links=links,
        passages=passages,
    )
    digest = compile_digest(
        replace(material, before=before), style=style, language=language, say=TEXTS.bind(language)
    )
    assert digest.chart is not None
    return digest.chart


def test_topics_are_told_beside_those_of_the_period_before() -> None:
    links = [*_links(4, RAG), *_links(2, MLOPS), *_links(1, AGENTS)]

    chart = _chart(*links, before=_before(rag=1, mlops=3))

    assert chart.bars == (
        ChartBar("Retrieval and RAG", 4, 1, "+3"),
        ChartBar("MLOps and data", 2, 3, "–1"),
        ChartBar("Agents and tools", 1, 0, "new"),
    )
    assert chart.totals == (ChartBar("This period", 7), ChartBar("The week before", 4))
    assert chart.alt == (
        "Links by topic: Retrieval and RAG 4 (the week before 1), MLOps and data 2 (the week "
        "before 3), Agents and tools 1 (new). In all 7, the week before 4."
    )


def test_in_korean_it_says_the_same() -> None:
    links = [*_links(3, RAG), *_links(1, MLOPS, kind=Kind.PAPER)]

    chart = _chart(*links, before=_before(rag=3), language="ko")

    assert [bar.note for bar in chart.bars] == ["=", "새 주제"]
    assert chart.alt == (
        "주제별 링크 수: 검색과 RAG 3개(전주 3개), MLOps와 데이터 1개(새 주제). "
        "모두 4개, 전주 3개. 종류: 논문 1개, 개발 3개."
    )


@pytest.mark.parametrize(
    ("period", "named"),
    [
        ("2025-03-03", "The day before"),
        ("2025-W10", "The week before"),
        ("2025-03", "The month before"),
        ("9d", "The 9 days before"),
    ],
)
def test_the_period_before_is_called_by_its_length(period: str, named: str) -> None:
    chart = _chart(*_links(3, RAG), before=_before(rag=3), period=period)

    assert chart.totals[1].label == named


@pytest.mark.parametrize(
    ("count", "before"), [(9, None), (9, ()), (9, _before(rag=2)), (2, _before(rag=9))]
)
def test_of_few_links_nothing_is_compared(
    count: int, before: tuple[tuple[Group, int], ...] | None
) -> None:
    chart = _chart(*_links(count, RAG), before=before)

    assert chart.bars == (ChartBar("Retrieval and RAG", count),)
    assert chart.totals == ()
    assert "before" not in chart.alt


def test_one_link_is_one_bar_and_nothing_else() -> None:
    chart = _chart(*_links(1, RAG, members="ab"), before=_before(rag=5))

    assert chart.panels == ()
    assert chart.alt == "Links by topic: Retrieval and RAG 1"


def test_more_topics_than_fit_are_summed_up() -> None:
    links = [link for n in range(12) for link in _links(12 - n, f"topic {n:02}")]
    before = ((Group("topic 00", Kind.DEV, ""), 3), (Group("topic 11", Kind.DEV, ""), 2))

    chart = _chart(*links, before=before)

    assert len(chart.bars) == 8
    assert chart.bars[-1] == ChartBar("5 other topics", 5 + 4 + 3 + 2 + 1, 2, "+13")
    assert sum(bar.count for bar in chart.bars) == len(links)


def test_eight_topics_are_all_named() -> None:
    chart = _chart(*(link for n in range(8) for link in _links(1, f"topic {n}")))

    assert [bar.label for bar in chart.bars] == [f"topic {n}" for n in range(8)]


def test_sections_that_people_named_are_compared_with_what_was_filed_there_before() -> None:
    passage = NotePassage(NoteId("n"), "Report", "🎈 Robots › Main subjects", "- Arms", "r.md")
    links = [make_link(f"r{n}", saves=[make_save(label="Robots")]) for n in range(3)]
    before = ((Group("", Kind.DEV, "🎈 Robots"), 4), (Group("", Kind.DEV, ""), 1))

    chart = _chart(
        *links, before=before, period="2025-03-03", style=Style.DAILY, passages=(passage,)
    )

    assert chart.bars == (ChartBar("Robots", 3, 4, "–1"),)
    assert [total.count for total in chart.totals] == [3, 5]


def test_kinds_make_up_the_whole() -> None:
    links = [*_links(3, RAG), *_links(2, RAG, kind=Kind.PAPER), *_links(1, RAG, kind=Kind.FUN)]

    (kinds,) = _chart(*links).panels

    assert kinds.is_whole
    assert kinds.bars == (
        ChartBar("Papers", 2),
        ChartBar("Development", 3),
        ChartBar("Interesting", 1),
    )


def test_who_shared_most_is_named_and_the_rest_counted() -> None:
    links = [
        *_links(5, RAG, members="ab"),
        *_links(3, RAG, members="c"),
        *_links(1, RAG, members="defg"),
    ]

    (sharers,) = _chart(*links).panels

    assert not sharers.is_whole
    assert sharers.bars == (
        ChartBar("A", 5),
        ChartBar("B", 5),
        ChartBar("C", 3),
        ChartBar("others (4)", 1),
    )


def test_machines_are_called_by_what_they_are() -> None:
    fed = make_link("fed", topics=[RAG], saves=[make_save("feed:7"), make_save("mina")])
    brought = make_link("b", topics=[RAG], saves=[make_save("import:x"), make_save("import:y")])

    (sharers,) = _chart(fed, brought, *_links(2, MLOPS, members="z")).panels

    assert sharers.bars == (
        ChartBar("Z", 2),
        ChartBar("Mina", 1),
        ChartBar("Feeds", 1),
        ChartBar("Imported documents", 1),
    )


def test_who_shared_is_no_question_where_one_did_or_only_machines() -> None:
    by_feed = [
        make_link(f"f{n}", saves=[make_save("feed:7"), make_save("import:x")]) for n in range(4)
    ]

    assert _chart(*_links(4, RAG)).panels == ()
    assert _chart(*by_feed).panels == ()


def test_who_has_no_name_is_one_of_the_others() -> None:
    nameless = replace(make_save("x"), member_name=" \n")
    links = [make_link(f"n{n}", topics=[RAG], saves=[nameless]) for n in range(3)]

    (sharers,) = _chart(*links, *_links(1, RAG, members="q")).panels

    assert sharers.bars == (ChartBar("Q", 1), ChartBar("others (1)", 3))


def test_a_name_without_end_is_cut() -> None:
    chart = _chart(*_links(1, "long " * 100))

    assert len(chart.bars[0].label) < 70
    assert len(chart.alt) < 100
