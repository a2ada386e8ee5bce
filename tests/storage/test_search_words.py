"""Which words of a question passages are looked up by."""

from bot.domain.models import LOCAL
from bot.domain.visibility import OPERATOR
from bot.text.ranking import Fields, Statistics
from storage.search.words import Looks, Question


def ask(passages_with: dict[str, int]) -> Question:
    statistics = Statistics(10_000, Fields(0, 0, 100), passages_with)
    return Question(LOCAL, 1, dict.fromkeys(passages_with, 1.0), statistics, OPERATOR)


def test_a_frequent_word_is_left_out_where_enough_passages_hold_rarer_ones() -> None:
    assert Looks().choose(ask({"model": 5_000, "zebra": 1_200})) == ["zebra"]
