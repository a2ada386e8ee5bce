import pytest

from bot.text.sounds import sound_english, sound_korean


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("올트먼", "Altman"),
        ("앤트로픽", "Anthropic"),
        ("구글", "Google"),
        ("젬마", "Gemma"),
        ("마이크로소프트", "Microsoft"),
        ("페이스북", "Facebook"),
        ("파이프라인", "pipeline"),
        ("사이언스", "science"),
        ("김철수", "Kim Cheol-su"),
    ],
)
def test_a_name_is_known_in_the_other_script(korean: str, english: str) -> None:
    assert any(map(sound_korean(korean).is_like, sound_english(english)))


@pytest.mark.parametrize(
    ("korean", "english"), [("네오브릭스", "Acme"), ("김도현", "Jane Doe"), ("구글", "Apple")]
)
def test_other_names_sound_otherwise(korean: str, english: str) -> None:
    assert not any(map(sound_korean(korean).is_like, sound_english(english)))
