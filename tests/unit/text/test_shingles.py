from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.shingles import NEAR_COPY, find_near_copies, similarity

_SEARCH_COURSE = """이 강의에서는 검색 엔진을 처음부터 만들어 봅니다.
색인을 설계하고 질의를 처리하며 순위를 매기는 방법을 차례로 배웁니다.
강의를 마치면 작은 문서 모음을 스스로 검색할 수 있습니다."""
_VISION_COURSE = """이 강의에서는 영상 분류기를 처음부터 만들어 봅니다.
합성곱을 설계하고 사진을 처리하며 점수를 매기는 방법을 차례로 배웁니다.
강의를 마치면 작은 사진 모음을 스스로 분류할 수 있습니다."""
_OTHER = """지난달 모임에서는 배포 자동화를 두고 긴 토론이 있었습니다.
운영팀은 되돌리기 절차가 먼저라고 했고, 개발팀은 시험 환경이 부족하다고 답했습니다.
결론은 다음 모임으로 넘겼습니다."""
_CLOSING = "이번 소식은 여기까지입니다. 다음 주에도 새로운 이야기로 찾아뵙겠습니다. 구독해 주세요."

_WORDS = st.sampled_from(["가나", "다라", "마바", "사아", "색인", "검색", "a", "b", "1", "."])
_TEXTS = st.lists(st.lists(_WORDS, max_size=25).map(" ".join), max_size=8)


def test_a_template_with_other_facts_is_a_near_copy() -> None:
    (pair,) = find_near_copies([_SEARCH_COURSE, _OTHER, _VISION_COURSE])

    assert pair[:2] == (0, 2)
    assert pair[2] >= NEAR_COPY


def test_texts_of_one_subject_are_no_near_copies() -> None:
    other_search = """검색 엔진은 색인과 질의 처리로 나뉜다.
    색인은 밤에 만들고 질의는 낮에 처리한다. 순위는 둘 다 필요하다."""

    assert find_near_copies([_SEARCH_COURSE, other_search, _OTHER]) == []


def test_the_same_closing_words_make_no_near_copy() -> None:
    assert find_near_copies([f"{_OTHER} {_CLOSING}", _CLOSING]) == []


def test_a_text_twice_is_a_near_copy_of_itself() -> None:
    assert find_near_copies([_OTHER, _OTHER]) == [(0, 1, 1.0)]


def test_addresses_and_short_lines_do_not_count() -> None:
    line = "읽어 보세요: https://example.org/one/two/three/four/five/six/seven/eight/nine/ten/eleven/12"

    assert find_near_copies([line, line]) == []


@given(st.text(max_size=80), st.text(max_size=80))
def test_similarity_is_symmetric_and_a_share(a: str, b: str) -> None:
    assert similarity(a, b) == similarity(b, a)
    assert 0 <= similarity(a, b) <= 1


@given(_TEXTS)
def test_pairs_are_ordered_and_as_alike_as_they_say(texts: list[str]) -> None:
    found = find_near_copies(texts)

    assert found == sorted(found)
    for i, j, share in found:
        assert 0 <= i < j < len(texts)
        assert share == similarity(texts[i], texts[j]) >= NEAR_COPY


@pytest.mark.parametrize("piece", ["a ", "가나 다라. ", "http://", "."])
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = process_time()

    find_near_copies([text, text])

    assert process_time() - started < 5


def test_many_copies_are_compared_with_their_neighbours_only() -> None:
    texts = [f"{_SEARCH_COURSE} 그리고 {number}번째 강의입니다." for number in range(300)]
    started = process_time()

    found = find_near_copies(texts)

    assert process_time() - started < 5
    assert {(i, j) for i, j, _ in found} >= {(i, i + 1) for i in range(299)}
