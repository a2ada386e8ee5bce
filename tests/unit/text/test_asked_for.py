import pytest

from bot.text.asked_for import has_what_is_asked
from bot.text.tokens import tokenise

COLUMNS = "Corvid stores columns, not rows. It was written in Rust by three students in Lyon."
PLAIN = "Corvid stores columns, not rows, and runs inside its host."
KOREAN = "코비드는 행이 아니라 열로 저장한다. 스무 명이 만든 대회에서 0.91의 정확도를 보였다."


def has(question: str, text: str, under: str = "Corvid") -> bool:
    said = tokenise(f"{under} {text}")
    return has_what_is_asked(question, text, quote=text, under=under, said=said)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What does Corvid store?", PLAIN),
        ("How does Corvid help?", PLAIN),
        ("코비드는 왜 빠른가요?", KOREAN),
        ("Which language is Corvid written in?", COLUMNS),
        ("Who made Corvid?", COLUMNS),
        ("Who wrote it?", "Ada Lovelace wrote it."),
        ("When did Corvid begin?", "Corvid, since 2019."),
        ("How many rows has Corvid?", "Corvid takes 40 rows."),
        ("What is the licence of Corvid?", "Corvid is free software (MIT)."),
        ("How much does Corvid cost?", "Corvid takes $5 a month."),
        ("What drives the cost of Corvid?", "Rows drive the cost of Corvid."),
        ("Why is the licence of Corvid short?", "Corvid has a short text that lawyers like."),
        ("What are the drawbacks of Corvid?", PLAIN),
        ("코비드의 장점은?", KOREAN),
        ("코비드의 정확도는?", KOREAN),
        ("코비드는 무엇인가요?", KOREAN),
        ("Corvid의 저장 형식은?", PLAIN),
    ],
)
def test_a_text_has_what_is_asked_of_its_subject(question: str, text: str) -> None:
    assert has(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What is the licence of Corvid?", PLAIN),
        ("Corvid의 라이선스는?", PLAIN),
        ("What is the email address of Corvid?", PLAIN),
        ("What is the newest version of Corvid?", COLUMNS),
        ("Corvid 가격은 얼마야?", COLUMNS),
        ("What does Corvid cost?", PLAIN),
        ("Who founded Corvid?", PLAIN),
        ("When was Corvid founded?", PLAIN),
        ("How many maintainers does Corvid have?", "Corvid has 40 rows."),
        ("How many rows has Corvid-3?", "Corvid-3 takes rows."),
        ("What percentage of rows does Corvid drop?", "Corvid drops 3 rows."),
        ("Where is the headquarters of Corvid?", COLUMNS),
        ("코비드의 창시자는?", KOREAN),
    ],
)
def test_a_text_on_the_subject_may_lack_what_is_asked(question: str, text: str) -> None:
    assert not has(question, text, under="코비드" if text == KOREAN else "Corvid")


def test_a_number_of_the_question_is_no_answer() -> None:
    assert not has("How many rows of 40?", "Corvid has rows of 40.")


def test_a_term_with_its_english_name_is_no_person() -> None:
    text = "코비드는 리베이스(rebase)를 다룬다."

    assert not has("코비드는 누가 만들었어?", text, under="코비드")
    assert not has("코비드는 누가 만들었어?", text + " 먼저 훑어볼 수 있다.", under="코비드")
    assert has("코비드는 누가 만들었어?", text + " 김성수가 만들었다.", under="코비드")


def test_what_the_text_says_first_is_the_subject_where_no_name_is() -> None:
    assert has("왜 열로 저장하나요?", KOREAN, under="")
    assert not has("대회 상금 규모는?", KOREAN, under="")
