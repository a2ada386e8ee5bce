from hypothesis import given
from hypothesis import strategies as st

from bot.text.queries import find_other_names, weigh_words
from bot.text.windows import best_window

TEXT = (
    "Queues were drawn on paper first. The walrus index was built in the old tower. "
    "It took three people. Nobody lives there now."
)


def window(text: str, question: str, limit: int = 60) -> str:
    return best_window(text, question, weigh_words(question), limit=limit).text


def test_the_sentences_that_say_most_of_the_question_are_chosen() -> None:
    assert window(TEXT, "walrus index?") == "The walrus index was built in the old tower."


def test_a_question_for_a_time_prefers_sentences_with_one() -> None:
    text = "A tower stood here. A tower fell in 1987."

    assert window(text, "When was there a tower?", limit=25) == "A tower fell in 1987."
    assert window(text, "Who had a tower?", limit=25) == "A tower stood here."


def test_a_number_that_the_question_names_is_no_answer() -> None:
    text = "In 1987 the tower stood. A tower fell. In 1990 a tower rose."

    assert window(text, "When was the tower of 1987 replaced?", limit=30) == (
        "In 1987 the tower stood."
    )


def test_a_korean_question_for_a_count_prefers_sentences_with_a_number() -> None:
    text = "노드가 색인을 만든다.\n어제는 노드 48대가 돌았다."

    assert window(text, "노드는 몇 대인가요?", limit=20) == "어제는 노드 48대가 돌았다."


def test_the_earliest_of_equals_wins() -> None:
    assert window("A walrus sat. A walrus lay.", "walrus", limit=15) == "A walrus sat."


NOTES = "- evaluation of models is hard\n- judges have bias\n- position bias: the later text wins\n"


def test_the_line_that_explains_a_term_begins_the_quote() -> None:
    found = window(NOTES, "What is position bias?", limit=300)

    assert found == "position bias: the later text wins"


def test_lines_stay_lines_without_their_list_marks() -> None:
    found = window(NOTES, "judges", limit=300)

    assert found == "judges have bias\nposition bias: the later text wins"


def test_prose_keeps_what_leads_up_to_the_answer() -> None:
    text = "The house was new. A walrus index was built."

    assert window(text, "Who built the walrus index?", limit=300) == text


def test_a_window_without_the_number_that_is_asked_for_says_so() -> None:
    assert best_window("A tower fell.", "How many towers?", {"tower": 1.0}).lacks_form
    assert not best_window("9 towers fell.", "How many towers?", {"tower": 1.0}).lacks_form
    assert not best_window("A tower fell.", "Which tower?", {"tower": 1.0}).lacks_form


def test_a_translation_counts_as_said() -> None:
    names = find_other_names({"색인": 1.0}, [("색인", "index")])

    assert best_window("A new index.", "색인", {"색인": 1.0}, names=names).coverage > 0.5


def test_coverage_is_the_share_of_value_that_is_said() -> None:
    found = best_window("A walrus sat.", "?", {"walrus": 3.0, "tower": 1.0})

    assert found.coverage == 0.75


def test_an_empty_passage_has_an_empty_window() -> None:
    assert best_window(" \n", "walrus", {"walrus": 1.0}).text == ""


@given(st.text("walrus 가나.\n?1", max_size=200), st.integers(min_value=3, max_value=80))
def test_a_window_fits_and_is_said_in_the_passage(text: str, limit: int) -> None:
    found = best_window(text, "walrus?", {"walrus": 1.0}, limit=limit)

    assert len(found.text) <= limit
    assert 0 <= found.coverage <= 1
    assert "".join(found.text.split()) in "".join(text.split())
