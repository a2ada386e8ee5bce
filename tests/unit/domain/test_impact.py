import pytest

from bot.domain.impact import field_names, find_impact
from bot.texts import LANGUAGES, Texts


@pytest.mark.parametrize(
    ("sentence", "field"),
    [
        ("It cuts the cost of a query for small companies.", "economy"),
        ("도입 기업의 서버 비용을 절반으로 줄였다.", "economy"),
        ("The court limits what may be kept without consent.", "society"),
        ("개인정보 규제가 강화된다.", "society"),
        ("Accuracy on the benchmark rises by four points.", "science"),
        ("추론 지연이 줄어 처리량이 높아졌다.", "science"),
        ("Students learn faster in such a course.", "education"),
        ("수업에 쓰면 학생의 이해를 높여 준다.", "education"),
    ],
)
def test_a_consequence_belongs_to_the_field_of_its_words(sentence: str, field: str) -> None:
    evidence = find_impact(sentence)

    assert evidence is not None
    assert evidence.field == field


@pytest.mark.parametrize(
    "sentence",
    [
        "The company was founded by two students.",  # nothing follows from it
        "A cute picture of a bank.",  # "cut" and "ban" are words, not beginnings
        "It rises every morning.",
        "The loss falls as a power law of its size.",  # no parliament made this one
        "Of course it improves over the course of a day.",
        "",
    ],
)
def test_without_field_and_consequence_there_is_no_impact(sentence: str) -> None:
    assert find_impact(sentence) is None


def test_every_field_has_a_name_in_both_languages() -> None:
    texts = Texts.load()

    assert all(
        texts.get(language, f"digest.impact.{field}")
        for language in LANGUAGES
        for field in field_names()
    )
