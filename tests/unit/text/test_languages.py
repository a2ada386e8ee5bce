import pytest

from bot.text.languages import Language, detect_language, spoken_language


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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("연은 왜 나나요?", "ko"),
        ("LLM 요약 모델 추천", "ko"),
        ("save https://example.org/연 링크", "ko"),
        ("Why do kites fly?", "en"),
        ("Pourquoi les cerfs-volants volent", "en"),
        ("digest weekly", ""),
        ("save https://example.org/why/do/kites/fly", ""),
        ("なぜ凧は飛ぶのですか", ""),
        ("👍 42", ""),
        ("", ""),
    ],
)
def test_whole_words_tell_what_somebody_speaks_and_a_command_s_name_does_not(
    text: str, language: str
) -> None:
    assert spoken_language(text) == language
