from hypothesis import given
from hypothesis import strategies as st

from bot.text.ranking import MOST_COUNTED, Candidate, Fields, Statistics, count_words, rank

STATISTICS = Statistics(
    passages=100,
    average_words=Fields(title=5, heading=2, body=100),
    passages_with={"rare": 1, "common": 60, "everywhere": 100},
)
QUESTION = {"rare": 1.0, "common": 1.0, "everywhere": 1.0}


def candidate(
    passage: int = 1, *, title: str = "", heading: str = "", body: str = "", length: int = 100
) -> Candidate:
    fields = [title.split(), heading.split(), body.split()]
    return count_words(passage, fields, lengths=Fields(5, 2, length))


def order(*candidates: Candidate) -> list[int]:
    return [passage for passage, _ in rank(candidates, QUESTION, statistics=STATISTICS)]


def test_a_rarer_word_is_worth_more() -> None:
    assert order(candidate(1, body="common"), candidate(2, body="rare")) == [2, 1]


def test_even_a_word_that_all_passages_hold_is_worth_something() -> None:
    assert 0 < STATISTICS.rarity("everywhere") < STATISTICS.rarity("common")


def test_a_title_outweighs_a_heading_and_a_heading_the_text() -> None:
    assert order(
        candidate(1, body="rare"), candidate(2, heading="rare"), candidate(3, title="rare")
    ) == [3, 2, 1]


def test_a_word_counts_more_in_a_shorter_passage() -> None:
    assert order(candidate(1, body="rare", length=400), candidate(2, body="rare")) == [2, 1]


def test_more_of_a_word_is_better_but_not_without_end() -> None:
    scores = [
        rank([candidate(body="rare " * n)], QUESTION, statistics=STATISTICS)[0][1]
        for n in (1, 2, 3, 50)
    ]

    assert scores == sorted(scores)
    assert scores[2] - scores[1] < scores[1] - scores[0]
    assert scores[3] < 2.2 * STATISTICS.rarity("rare")


def test_the_question_says_what_a_word_weighs() -> None:
    one, two = candidate(1, body="rare"), candidate(2, body="common")

    assert [
        passage
        for passage, _ in rank([one, two], {"rare": 0.1, "common": 1.0}, statistics=STATISTICS)
    ] == [2, 1]


def test_a_passage_without_any_word_is_left_out() -> None:
    assert order(candidate(1), candidate(2, body="common")) == [2]


_WORDS = st.lists(st.sampled_from(sorted(QUESTION)), max_size=4).map(" ".join)
_CANDIDATES = st.lists(st.tuples(_WORDS, _WORDS, st.integers(0, 300)), max_size=8).map(
    lambda rows: [
        candidate(n, title=title, body=body, length=length)
        for n, (title, body, length) in enumerate(rows)
    ]
)


@given(_CANDIDATES)
def test_the_order_is_total_and_does_not_depend_on_the_order_of_arrival(
    candidates: list[Candidate],
) -> None:
    reversed_ = candidates[::-1]

    ranked = rank(candidates, QUESTION, statistics=STATISTICS)

    assert ranked == rank(reversed_, QUESTION, statistics=STATISTICS)
    assert ranked == sorted(ranked, key=lambda pair: (-pair[1], pair[0]))


def test_a_word_repeated_without_end_counts_as_often_as_any_index_keeps_apart() -> None:
    assert candidate(body="rare " * 5_000) == candidate(body="rare " * MOST_COUNTED)
