import pytest

from bot.text.languages import Language, detect_language


@pytest.mark.parametrize(
    "text",
    [
        "오늘은 벡터 색인을 다시 만들었습니다.",
        "Transformer block의 LayerNorm 위치를 pre-norm으로 바꾸면 안정적",
        "Attention Is All You Need 논문 리뷰",
        "자세한 내용: https://example.org/a-very-long-address-about-language-models",
    ],
)
def test_korean_is_recognised_among_latin_names(text: str) -> None:
    assert detect_language(text) is Language.KO


@pytest.mark.parametrize(
    "text",
    [
        "We rebuilt the vector index today.",
        "The Seoul (서울) team published a retrieval benchmark for long documents.",
        "",
        "42 % 🙂",
    ],
)
def test_everything_else_counts_as_english(text: str) -> None:
    assert detect_language(text) is Language.EN
