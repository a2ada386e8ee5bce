import pytest

from bot.domain.digests import Statement
from bot.domain.models import NoteId, NotePassage
from bot.domain.reported_analysis import category_key, read_reports, to_analysis
from bot.texts import Texts

KO = Texts.load().bind("ko")
EN = Texts.load().bind("en")


def _passage(heading: str, text: str, title: str = "Morning report") -> NotePassage:
    return NotePassage(NoteId("n1"), title, heading, text)


PARTS = [
    _passage("🎈 Robots › 주요 주제", "- 창고 로봇의 값\n- **안전** 기준"),
    _passage("🎈 Robots › 주요 사건", "- '로봇 팔, 반값에' 기사는 값이 내린 까닭을 설명함."),
    _passage(
        "🎈 Robots › 영향 분석",
        "- **경제**: 창고 비용이 준다.\n- 사회: 일자리가 바뀐다.\n- 문화: 영화가 나온다.",
    ),
    _passage("🎈 Robots › 최종 요약", "로봇이 싸졌다."),
]


def test_parts_under_their_headings_are_read_back() -> None:
    report = read_reports(PARTS)[category_key("Robots")]

    analysis = to_analysis(report, ["로봇 팔, 반값에", "Arms for all"], KO)

    assert [each.text for each in analysis.subjects] == ["창고 로봇의 값", "안전 기준"]
    assert analysis.events[0].sources == (1,)
    assert analysis.impact == (
        ("경제", (Statement("창고 비용이 준다."),)),
        ("정치/사회", (Statement("일자리가 바뀐다."),)),
        ("문화", (Statement("영화가 나온다."),)),
    )
    assert analysis.conclusion == (Statement("로봇이 싸졌다."),)
    assert analysis.origin == "Morning report"
    assert (report.category, report.emoji) == ("Robots", "🎈")


def test_parts_within_one_text_are_read_back_too() -> None:
    text = (
        "1. **Main subjects**:\n   - Cheaper arms\n\n"
        "**2. Main events:** An arm for half the price.\n"
        "3. Impact analysis\n- Economy: Warehouses pay less.\n"
        "4. Final summary: Arms are cheap."
    )

    report = read_reports([_passage("Robots", text)])[category_key("robots")]
    analysis = to_analysis(report, ["Half the price"], EN)

    assert analysis.subjects == (Statement("Cheaper arms", (1,)),)
    assert analysis.events == (Statement("An arm for half the price.", (1,)),)
    assert analysis.impact == (("Economy", (Statement("Warehouses pay less.", (1,)),)),)
    assert analysis.conclusion == (Statement("Arms are cheap.", (1,)),)


def test_a_statement_cites_the_source_that_it_speaks_of() -> None:
    text = (
        "Main events\n- The article 'Arms at half price' explains cheaper gears and motors.\n"
        "Impact\n- Cheaper gears and motors explain why arms now pay at half the price.\n"
        "- All of it goes on.\n"
        "Final summary\n- Cheaper gears and motors explain why arms pay at half the price."
    )

    report = read_reports([_passage("Robots", text)])[category_key("robots")]
    analysis = to_analysis(report, ["Hands that feel", "Arms at half price"], EN)

    assert [each.sources for each in analysis.events] == [(2,)]
    ((_, impact),) = analysis.impact
    assert [each.sources for each in impact] == [(2,), ()]
    assert analysis.conclusion[0].sources == ()  # it sums all of them up


@pytest.mark.parametrize(
    "text", ["- a line of a talk\n- 주요 주제는 많다", "영향을 준 책: 세 권", "What came of it"]
)
def test_other_notes_are_no_analysis(text: str) -> None:
    assert read_reports([_passage("A talk", text)]) == {}


def test_a_part_cut_into_passages_is_told_once() -> None:
    twice = [PARTS[0], PARTS[0]]

    report = read_reports(twice)[category_key("Robots")]

    assert report.lines["subjects"] == ["창고 로봇의 값", "안전 기준"]
