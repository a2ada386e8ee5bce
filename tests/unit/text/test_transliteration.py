import pytest

from bot.text.transliteration import sounds_alike


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("토크나이저", "tokenizer"),
        ("클러스터링", "Clustering"),
        ("임베딩", "embedding"),
        ("데이터셋", "dataset"),
        ("트랜스포머", "Transformer"),
        ("캐시", "cache"),
    ],
)
def test_loan_words_sound_like_their_origin(korean: str, english: str) -> None:
    assert sounds_alike(korean, english)


@pytest.mark.parametrize(
    ("korean", "english"), [("색인", "index"), ("사례", "use"), ("", ""), ("검색", "retrieval")]
)
def test_translations_do_not(korean: str, english: str) -> None:
    assert not sounds_alike(korean, english)
