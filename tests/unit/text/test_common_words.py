import pytest

from bot.text.common_words import dump_common_words, load_common_words


@pytest.mark.parametrize(
    "word",
    [
        "연구",
        "연구소에서는",
        "재구성",
        "공개했음",
        "밝힘",
        "높은",
        "것은",
        "성능별",
        "데이터베이스를",
        "레이어는",
        "과소적합은",
        "임계값을",
        "절댓값",
        "변수등을",
        "넘어가십시오",
        "디버그하기가",
        "예약어는",
        "신기록을",
        "주저해선",
        "누출시킬",
        "알아보자",
    ],
)
def test_words_of_any_subject_are_common(word: str) -> None:
    assert load_common_words().is_korean(word)


@pytest.mark.parametrize(
    "word",
    [
        "네오브릭스",
        "김도현",
        "오르빗마인드",
        "가람전자",
        "퀀텔리아와",
        "솔라리움",
        "한빛테크의",
        "박지훈은",
        "린드퀴스트는",
        "카파시는",
        "코히어",
        "프랑스",
        "마이어의",
    ],
)
def test_names_are_not(word: str) -> None:
    assert not load_common_words().is_korean(word)


def test_an_english_word_is_common_in_every_form() -> None:
    words = load_common_words()

    assert all(map(words.is_english, ["Improves", "improved", "results"]))
    assert not any(map(words.is_english, ["Zorvex", "Nimbrix"]))


def test_rare_words_have_less_chance_than_common_ones() -> None:
    words = load_common_words()

    assert 0 < words.chance("zorvex") < words.chance("number") < 1


def test_the_file_is_what_would_be_written() -> None:
    words = load_common_words()

    assert dump_common_words(words) == dump_common_words(load_common_words.__wrapped__())
