import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.analysis import Source, analyse, read_source
from bot.domain.digests import Analysis, Statement
from bot.domain.models import Engine, Point
from bot.texts import Texts
from tests.link_records import make_summary

EN = Texts.load().bind("en")

SENTENCES = st.lists(
    st.sampled_from(
        [
            "The cost of search falls for companies",
            "Students learn faster with the course",
            "Regulators limit what models may keep",
            "검색 비용을 절반으로 줄였다",
            "새 아키텍처가 벤치마크 성능을 높였다",
            "It was a quiet day in the office",
            "Nobody knows how the index was built",
        ]
    ),
    max_size=7,
)


def _statements(analysis: Analysis) -> list[Statement]:
    impact = [each for _, statements in analysis.impact for each in statements]
    return [*analysis.events, *impact, *analysis.conclusion]


def _strip_title(text: str) -> str:
    return re.sub(r"^“.*?”: ", "", text)


@given(st.lists(SENTENCES, max_size=5))
def test_nothing_is_said_twice_and_everything_by_its_source(texts: list[list[str]]) -> None:
    sources = [
        Source(number, f"Number {number}", tuple(dict.fromkeys(sentences)))
        for number, sentences in enumerate(texts, 1)
    ]

    statements = _statements(analyse(sources, EN))

    said = [_strip_title(statement.text) for statement in statements]
    assert len(said) == len(set(said))
    for statement in statements:
        (number,) = statement.sources
        assert _strip_title(statement.text) in sources[number - 1].sentences


@pytest.mark.parametrize(
    ("title", "sentence", "told"),
    [
        ("elm/small-3", "small-3: a model of 3 layers", "small-3: a model of 3 layers"),
        ("Kettles that learn", "They boil", "“Kettles that learn”: They boil"),
        ("Elm AI moves", "AI: it moves on again", "“Elm AI moves”: AI: it moves on again"),
    ],
)
def test_an_event_names_its_source_once(title: str, sentence: str, told: str) -> None:
    (event,) = analyse([Source(1, title, (sentence,))], EN).events

    assert event.text == told


def test_a_consequence_is_told_under_its_field() -> None:
    source = Source(
        1,
        "Search",
        ("A new engine is here", "검색 비용을 절반으로 줄였다", "학생의 수업 이해를 높였다"),
    )

    assert analyse([source], EN).impact == (
        ("Economy", (Statement("검색 비용을 절반으로 줄였다", (1,)),)),
        ("Education", (Statement("학생의 수업 이해를 높였다", (1,)),)),
    )


def test_a_sentence_about_a_field_without_a_consequence_is_no_impact() -> None:
    source = Source(1, "Prices", ("A list", "The market opens at nine in the morning"))

    assert analyse([source], EN).impact == ()


def test_subjects_are_terms_and_names_not_single_words() -> None:
    source = Source(
        1,
        "A new file format for RowGroup stores",
        ("A file holds row groups", "RowGroup stores keep a file in columns"),
        terms=("Row group", "row group"),
    )

    subjects = [statement.text for statement in analyse([source], EN).subjects]

    assert subjects[0] == "Row group"
    assert "file" not in subjects
    assert len({subject.casefold() for subject in subjects}) == len(subjects)


def test_few_sources_have_no_final_summary() -> None:
    sentences = tuple(f"A quiet sentence about thing {name}." for name in "abcdefgh")

    assert analyse([Source(1, "One", sentences)], EN).conclusion == ()
    several = [Source(n, str(n), sentences[n : n + 3]) for n in (0, 3, 5)]
    assert analyse(several, EN).conclusion


def test_a_final_summary_is_made_of_whole_sentences_of_several_sources() -> None:
    sources = [
        Source(
            number,
            f"Index {number}",
            (
                f"Index {number} opens",
                f"Small fast parts of index {number}",
                f"The index number {number} fits into one page of memory.",
                f"Readers of index {number} wait less than they did.",
            ),
        )
        for number in (1, 2, 3)
    ]

    conclusion = analyse(sources, EN).conclusion

    assert len({statement.sources for statement in conclusion}) == len(conclusion) == 2
    assert all(statement.text.endswith(".") for statement in conclusion)


def test_a_source_gives_its_summary_then_its_page_without_labels_and_fragments() -> None:
    summary = make_summary(
        Point("How it works", (Point("Two passes over the whole index"),)),
        Point("Details to unfold are not a sentence", (Point("Short"),), is_fold=True),
        "**Bold** words are read as words",
    )

    source = read_source(3, "Title", summary=summary, text="Menu\nA whole sentence of the page.")

    assert source.sentences == (
        "Two passes over the whole index",
        "Bold words are read as words",
        "A whole sentence of the page.",
    )


def test_a_page_is_not_read_as_markdown() -> None:
    summary = make_summary("Multiply 2 ** 3 and **keep** the stars", engine=Engine.EXTRACTIVE)

    source = read_source(1, "Title", summary=summary, text="")

    assert source.sentences == ("Multiply 2 ** 3 and **keep** the stars",)


def test_a_source_gives_no_sentence_of_its_page_that_leans_on_another() -> None:
    text = (
        "## 부두의 색인\n색인은 파일 하나에 모든 벡터를 담는다.\n이러한 방식은 비용을 줄인다.\n"
        "위 그림과 같이 비용이 줄어든다.\n이번 글에서는 비용을 줄이는 법을 살펴보겠습니다.\n"
        "하지만 색인을 다시 만드는 비용은 늘었다."
    )

    source = read_source(1, "부두의 색인", summary=None, text=text)

    assert source.sentences == (
        "색인은 파일 하나에 모든 벡터를 담는다.",
        "색인을 다시 만드는 비용은 늘었다.",
    )


def test_a_whole_title_is_no_subject_beside_its_event() -> None:
    source = Source(1, "Building quiet harbours", ("Building quiet harbours takes a year.",))

    assert "Building quiet harbours" not in [each.text for each in analyse([source], EN).subjects]
