import re
import sqlite3
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.tokens import tokenise

# SQLite's letter table and Python's differ in one script, New Tai Lue.
_ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs"]).filter(lambda char: not "\u1980" <= char <= "\u1cff")
)
_TECHNICAL_TEXT = st.text("gptc+#.,-'’ 0123가나다라 \nÉß漢カ²", max_size=40)


def test_hangul_becomes_overlapping_pairs() -> None:
    assert tokenise("색인을 또 만든다") == ["색인", "인을", "또", "만든", "든다"]


def test_english_is_stemmed_and_loses_its_function_words() -> None:
    assert tokenise("The models were retrieving passages") == ["model", "retriev", "passag"]


def test_possessives_and_contractions_leave_the_word() -> None:
    assert tokenise("model's") == tokenise("MODEL’S") == tokenise("model")


@pytest.mark.parametrize("written", ["GPT-4", "GPT4", "gpt-4"])
def test_a_name_with_a_digit_is_found_however_it_is_joined(written: str) -> None:
    assert tokenise(written) == ["gpt", "4", "gpt4"]
    assert set(tokenise("GPT 4")) <= set(tokenise(written))


def test_numbers_and_programming_languages_stay_whole() -> None:
    assert tokenise("3.5 1,000 C++ c#") == ["3point5", "1000", "cplusplus", "csharp"]


def test_korean_particles_are_apart_from_the_latin_name_before_them() -> None:
    assert tokenise("BM25를") == [*tokenise("BM25"), "를"]


@given(_ANY_TEXT | _TECHNICAL_TEXT)
def test_words_hold_only_letters_and_digits_and_are_folded(text: str) -> None:
    for word in tokenise(text):
        assert word.isalnum()
        assert word == word.casefold()


@given(_ANY_TEXT | _TECHNICAL_TEXT)
def test_a_full_text_column_finds_every_word_unsplit(text: str) -> None:
    words = tokenise(text)
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE page USING fts5(body, tokenize='unicode61')")
    database.execute("CREATE VIRTUAL TABLE word USING fts5vocab(page, 'instance')")

    database.execute("INSERT INTO page VALUES (?)", (" ".join(words),))

    (stored,) = database.execute("SELECT count(*) FROM word").fetchone()
    database.close()
    assert stored == len(words)


@given(_TECHNICAL_TEXT, _TECHNICAL_TEXT)
def test_lines_do_not_influence_each_other(first: str, second: str) -> None:
    assert tokenise(f"{first}\n\n{second}") == tokenise(first) + tokenise(second)


@pytest.mark.parametrize("char", ["a", "가", "1", "1.", "a-", "a'", "+", "c++", "1,", "漢"])
def test_hostile_repetition_takes_linear_time(char: str) -> None:
    started = process_time()

    words = tokenise(char * 200_000)

    assert process_time() - started < 3
    assert all(len(word) <= 5_000 for word in words)
    assert re.fullmatch(r"\w*", "".join(words))
