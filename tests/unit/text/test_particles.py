import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.particles import is_inflected, strip_particle


@pytest.mark.parametrize(
    ("word", "noun"),
    [
        ("색인을", "색인"),
        ("모델에서는", "모델"),
        ("토크나이저가", "토크나이저"),
        ("서버로부터", "서버"),
        ("정확도", "정확도"),
        ("정확도를", "정확도"),
        ("게이트웨이", "게이트웨이"),
        ("평가", "평가"),
        ("효과", "효과"),
        ("키를", "키를"),
    ],
)
def test_particles_leave_and_lookalikes_stay(word: str, noun: str) -> None:
    assert strip_particle(word) == noun


@pytest.mark.parametrize("word", ["효율적인", "사용하여", "훈련된", "낮은", "배포했다", "합니다"])
def test_verb_and_adjective_forms_are_told_from_nouns(word: str) -> None:
    assert is_inflected(word)


@pytest.mark.parametrize("word", ["제한", "역할", "토큰", "검색", "최대한"])
def test_nouns_with_such_an_ending_stay_nouns(word: str) -> None:
    assert not is_inflected(word)


@given(st.text("가나을를은는에서로다", max_size=12))
def test_a_stripped_word_is_a_beginning_of_two_syllables_or_more(word: str) -> None:
    noun = strip_particle(word)

    assert word.startswith(noun)
    assert noun == word or len(noun) >= 2
