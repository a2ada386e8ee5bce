"""What is kept of a model's answer about a link."""

from __future__ import annotations

from typing import Any

from bot.domain.concepts import ConceptBook
from bot.domain.judging_links import JudgedLink, Page
from bot.domain.models import Concept, Kind, LinkId, LinkRecord, PageState
from bot.prompts.links import ReadLink

TEXT = (
    "A bounded queue refuses requests when it is full. The team bounded every queue at 100 "
    "requests. Latency fell from 900 ms to 120 ms. Clients retry with a pause."
)
TRUE = "Latency fell from 900 ms to 120 ms"
LIE = "Latency fell to 3 ms in Zanzibar"
LINK = LinkRecord(
    id=LinkId("l1"),
    url="https://queues.example/",
    url_as_saved="https://queues.example/",
    title="Short queues",
    kind=Kind.FUN,
    topics=(),
    state=PageState.READ,
    reason="",
    language="en",
    saves=(),
    text=TEXT,
)


def judge(**said: Any) -> JudgedLink:
    told = {"source": 1, "points": [TRUE], "kind": "dev", "topics": [], "concepts": []} | said
    return JudgedLink(
        Page(1, LINK, TEXT), ReadLink.model_validate(told), language="en", prompt="Sum up."
    )


def concepts(*said: tuple[str, str]) -> tuple[Concept, ...]:
    proposed = [
        {"term": term, "other_name": "", "definition": definition} for term, definition in said
    ]
    made = judge(concepts=proposed).understanding(writer="w", known=ConceptBook(()))
    assert made is not None
    return made.concepts


def test_what_the_page_says_is_kept_and_what_it_lacks_is_to_be_mended() -> None:
    judged = judge(points=[f"- {TRUE} [1]", LIE])

    made = judged.understanding(writer="w", known=ConceptBook(()))

    assert list(judged.refused) == [1]
    assert made is not None
    assert made.summary is not None
    assert [point.text for point in made.summary.points] == [TRUE]
    assert (made.summary.language, made.summary.writer) == ("en", "w")


def test_where_most_is_made_up_nothing_is_kept() -> None:
    judged = judge(points=[TRUE, LIE, "Zanzibar has 4,000 queues", "It won the Foo Prize"])

    assert judged.understanding(writer="w", known=ConceptBook(())) is None


def test_what_is_mended_takes_its_place_unless_it_is_a_lie_again_or_told_already() -> None:
    judged = judge(points=[LIE, TRUE])

    judged.mend(0, "It won the Foo Prize of 1999")
    judged.mend(0, TRUE)
    assert list(judged.refused) == [0]
    judged.mend(0, "Clients retry with a pause")

    made = judged.understanding(writer="w", known=ConceptBook(()))
    assert judged.refused == {}
    assert made is not None
    assert made.summary is not None
    assert [point.text for point in made.summary.points] == ["Clients retry with a pause", TRUE]


def test_only_topics_of_the_short_list_are_kept() -> None:
    judged = judge(topics=["programming", "unicorns", "programming"])

    made = judged.understanding(writer="w", known=ConceptBook(()))

    assert made is not None
    assert made.topics == ("programming",)


def test_a_concept_is_one_that_the_page_explains() -> None:
    explained = ("bounded queue", "A queue that refuses requests when it is full")

    kept = concepts(explained, ("unicorn", "An animal of 1999"), ("queue", "Made in Zanzibar"))

    assert kept == (Concept(*explained),)
