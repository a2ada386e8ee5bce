import pytest

from bot.text.standing_alone import (
    points_at_figure,
    points_back,
    without_dateline,
    without_joint,
)


@pytest.mark.parametrize(
    "sentence",
    [
        "이러한 자동화는 배포를 앞당긴다.",
        "하지만 이는 색인이 작을 때의 이야기다.",
        "여기서 커널은 파일을 관리한다.",
        "이 값은 다시 쓰인다.",
        "It asks for tests.",
        "The rest is configuration.",
        "But these caches are small.",
        "This comes after a long talk.",
    ],
)
def test_a_sentence_that_leans_on_the_one_before_points_back(sentence: str) -> None:
    assert points_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "이 논문은 색인을 줄이는 방법을 제안한다.",
        "이벤트 루프는 콜백을 실행한다.",
        "그래프는 노드와 간선으로 이루어진다.",
        "IT 기업이 새 규칙을 알렸다.",
        "This paper asks for tests.",
        "Italy asks for tests.",
        "Both sides agreed.",
    ],
)
def test_a_sentence_that_says_whom_it_is_about_does_not_point_back(sentence: str) -> None:
    assert not points_back(sentence)


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("하지만 색인은 작다.", "색인은 작다."),
        ("그리고 또한 색인은 작다.", "색인은 작다."),
        ("결국, 색인은 작다.", "색인은 작다."),
        ("However, an index is small.", "An index is small."),
        ("But for one index, all are small.", "But for one index, all are small."),
        ("또 다른 색인은 작다.", "또 다른 색인은 작다."),
        ("결국 색인은 작다.", "결국 색인은 작다."),
    ],
)
def test_what_only_joins_a_sentence_to_another_is_left_out(sentence: str, left: str) -> None:
    assert without_joint(sentence) == left


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("PORTO (AP) — The port opens again.", "The port opens again."),
        ("(CNN)The port opens again.", "The port opens again."),
        ("PORTO, Portugal — The port opens again.", "The port opens again."),
        ("(부산=연합뉴스) 김가나 기자 = 항구가 다시 열린다.", "항구가 다시 열린다."),
        ("— The port opens again.", "The port opens again."),
        ("The port (AP) opens again.", "The port (AP) opens again."),
        ("RAG — a method", "RAG — a method"),
    ],
)
def test_where_a_report_is_from_is_no_part_of_its_sentence(sentence: str, left: str) -> None:
    assert without_dateline(sentence) == left


@pytest.mark.parametrize("sentence", ["위 그림과 같이 자란다.", "As Table 2 shows, it grows."])
def test_a_sentence_that_points_at_a_figure_is_known(sentence: str) -> None:
    assert points_at_figure(sentence)
    assert not points_at_figure("표준은 그림을 그리지 않는다.")
