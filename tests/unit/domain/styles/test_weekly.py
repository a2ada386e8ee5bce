from dataclasses import replace
from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.archives import Mark
from bot.domain.compiling import compile_digest
from bot.domain.digests import Digest, Style
from bot.domain.material import gather
from bot.domain.models import (
    Concept,
    Engine,
    Kind,
    LinkRecord,
    NoteId,
    NotePassage,
    NoteRecord,
    PageState,
    Point,
    Related,
)
from bot.domain.periods import parse_period
from bot.domain.styles import STYLES
from bot.posts import Bullets, Item, Text
from bot.texts import Texts
from tests.compact import compact
from tests.link_records import MONDAY_NOON, make_link, make_save, make_summary

TEXTS = Texts.load()
SEOUL = ZoneInfo("Asia/Seoul")
WEEKLY = STYLES[Style.WEEKLY]

SMALL = make_link(
    "small",
    title="작은 재정렬기가 큰 검색기를 이긴다",
    kind=Kind.PAPER,
    who="느릅 연구실",
    topics=["retrieval-rag"],
    saves=[make_save("mina"), make_save("joon")],
    summary=make_summary(
        Point("**작은 모델**로 순서만 다시 매긴다", (Point("색인은 그대로 둔다"),)),
        Point("재현 방법", (Point("`make table`이 표를 만든다"),), is_fold=True),
    ),
    concepts=[
        Concept("재정렬", "찾은 것의 순서를 다시 매기는 일", "reranking"),
        Concept("색인", "", "index"),
    ],
    related=[
        Related("github.com/elm/rank", "elm/rank", Kind.DEV, "GitHub", make_summary("코드와 표")),
        Related("https://video.example/1", "발표 영상", Kind.FUN),
    ],
)
TOOL = make_link(
    "tool",
    title="Queues that drain",
    topics=["programming"],
    saves=[make_save(at=MONDAY_NOON + timedelta(days=1))],
    summary=make_summary("A queue is a promise"),
)
LOST = make_link(
    "lost",
    title="Gone by Tuesday",
    kind=Kind.NEWS,
    state=PageState.UNREADABLE,
    saves=[make_save(at=MONDAY_NOON + timedelta(days=8))],
)
TALK = NoteRecord(
    NoteId("n"), "3월 모임", "march.md", MONDAY_NOON, ("3월 모임", "3월 모임 › 색인 › 크기", "평가")
)
SAID = NotePassage(NoteId("n"), "3월 모임", "3월 모임", "- 색인은 **작아야** 한다\n- 둘째 줄")


def _compile(
    *links: LinkRecord,
    period: str = "2025-W10",
    today: date = date(2025, 3, 9),
    language: str = "ko",
    notes: bool = False,
) -> Digest:
    material = gather(
        parse_period(period, today=today),
        SEOUL,
        links=links,
        notes=[TALK] if notes else [],
        passages=[SAID] if notes else [],
    )
    return compile_digest(material, style=Style.WEEKLY, language=language, say=TEXTS.bind(language))


def _document(digest: Digest) -> str:
    return compact(WEEKLY.write_document(digest, TEXTS.bind(digest.language), picture=b""))


def _chat(digest: Digest) -> str:
    return compact(WEEKLY.write_chat(digest, TEXTS.bind(digest.language), picture=b""))


def test_a_week_reads_like_a_study_archive() -> None:
    assert (
        _document(_compile(TOOL, SMALL, notes=True))
        == """\
# 함께 읽은 링크 · 2025년 3월 첫째 주 (3.3–3.9)
(링크 2개 · 📜 논문 1 · 🧑‍💻 개발 1)
[picture chart.png: 주제별 링크 수: 검색과 RAG 1개, 프로그래밍 1개]
- 📜 [느릅 연구실] <작은 재정렬기가 큰 검색기를 이긴다>(https://small.example/page) · 2명이 저장
  - **작은 모델**로 순서만 다시 매긴다
    - 색인은 그대로 둔다
  + 재현 방법
    - `make table`이 표를 만든다
  - 🧑‍💻 [GitHub] <elm/rank>(https://github.com/elm/rank)
    - 코드와 표
  - <발표 영상>(https://video.example/1)
  - 용어: 색인(index)
  + 중요 개념
    - **재정렬(reranking)**: 찾은 것의 순서를 다시 매기는 일
- 🧑‍💻 <Queues that drain>(https://tool.example/page)
  - A queue is a promise
## 📝 노트에서
- **3월 모임** — 색인은 작아야 한다
  - 색인
  - 평가"""
    )


def test_a_longer_period_has_a_section_a_week_in_the_order_of_time() -> None:
    assert (
        _document(_compile(LOST, TOOL, period="2025-03", language="en"))
        == """\
# What we read · March 2025
(Links 2 · 🧑‍💻 Development 1 · 🗞️ News 1)
[picture chart.png: Links by topic: News 1, Programming 1]
## March 2025, 1st week (Mar 3–9)
- 🧑‍💻 <Queues that drain>(https://tool.example/page)
  - A queue is a promise
## March 2025, 2nd week (Mar 10–16)
- 🗞️ <Gone by Tuesday>(https://lost.example/page)_ — the page could not be read, so there is no \
summary_"""
    )


def test_seven_days_are_one_section_also_across_two_weeks() -> None:
    monday = make_link("b", saves=[make_save(at=MONDAY_NOON + timedelta(days=7))])
    digest = _compile(TOOL, monday, period="7d", today=date(2025, 3, 10), language="en")

    assert [section.heading for section in digest.sections] == ["Mar 4–10, 2025"]


def test_chat_gets_a_line_a_link_and_the_rest_in_the_thread() -> None:
    assert (
        _chat(_compile(TOOL, SMALL, language="en"))
        == """\
# What we read · March 2025, 1st week (Mar 3–9)
(Links 2 · 📜 Papers 1 · 🧑‍💻 Development 1)
[picture chart.png: Links by topic: Programming 1, Retrieval and RAG 1]
- 📜 [느릅 연구실] <작은 재정렬기가 큰 검색기를 이긴다>(https://small.example/page) · saved by 2 — \
작은 모델로 순서만 다시 매긴다
- 🧑‍💻 <Queues that drain>(https://tool.example/page) — A queue is a promise
@
## March 2025, 1st week (Mar 3–9)
- 📜 [느릅 연구실] <작은 재정렬기가 큰 검색기를 이긴다>(https://small.example/page) · saved by 2
  - **작은 모델**로 순서만 다시 매긴다
    - 색인은 그대로 둔다
  + 재현 방법
    - `make table`이 표를 만든다
  - 🧑‍💻 [GitHub] <elm/rank>(https://github.com/elm/rank)
    - 코드와 표
  - <발표 영상>(https://video.example/1)
  - Terms: 색인(index)
  + Key concepts
    - **재정렬(reranking)**: 찾은 것의 순서를 다시 매기는 일
- 🧑‍💻 <Queues that drain>(https://tool.example/page)
  - A queue is a promise"""
    )


def test_what_is_no_highlight_gets_one_line() -> None:
    links = [make_link(f"{n:02}", summary=make_summary("One", "Two")) for n in range(13)]

    document = _document(_compile(*links, language="en"))

    assert document.count("\n  - Two") == 12
    assert "## Also shared\n- 🧑‍💻 <Title of 12>(https://12.example/page) — One" in document


@pytest.mark.parametrize(
    ("engine", "rest"),
    [(Engine.IMPORTED, "\n  + Full summary\n    - One\n    - Two"), (Engine.EXTRACTIVE, "")],
)
def test_what_a_person_wrote_of_a_link_unfolds_below_its_line(engine: Engine, rest: str) -> None:
    summary = make_summary("One", "Two", engine=engine)
    links = [make_link(f"{n:02}", summary=summary) for n in range(13)]

    document = _document(_compile(*links, language="en"))

    line = "## Also shared\n- 🧑‍💻 <Title of 12>(https://12.example/page) — One"
    assert document.partition(line)[2].startswith(rest)
    assert ("Full summary" in document) is bool(rest)


def test_a_concept_that_a_bullet_explains_is_named_and_not_explained_again() -> None:
    told = "RAG는 답을 쓰기 전에 문서를 찾아 읽게 하는 방법이다."
    link = make_link(summary=make_summary(told), concepts=[Concept("RAG", told, "검색 증강 생성")])

    document = _document(_compile(link))

    assert document.count(told) == 1
    assert "- 용어: RAG(검색 증강 생성)" in document


def test_a_page_of_many_terms_names_those_that_its_bullets_use() -> None:
    concepts = [Concept(f"낱말{n}", "", f"word {n}") for n in range(9)]
    link = make_link(
        summary=make_summary("낱말8을 먼저 읽는다"),
        concepts=[*concepts, Concept("낱말0", "", "other")],
    )

    document = _document(_compile(link))

    names = "낱말8(word 8), 낱말0(word 0), 낱말1(word 1), 낱말2(word 2), 낱말3(word 3)"
    assert f"- 용어: {names}\n" in f"{document}\n"


def test_the_line_of_a_link_is_a_sentence_not_the_title_of_a_part() -> None:
    part = Point("Background", (Point("Queues used to grow without end"),), is_fold=True)
    link = make_link(summary=make_summary(part, "Now they drain"))

    assert "— Queues used to grow without end" in _chat(_compile(link)).partition("\n@")[0]


@pytest.mark.parametrize("mark", list(Mark))
def test_what_is_in_doubt_says_so_until_somebody_vouches_for_it(mark: Mark) -> None:
    doubted = make_save("import", marks=(mark,))

    alone = _document(_compile(make_link("a", saves=[doubted])))
    vouched = _document(_compile(make_link("a", saves=[doubted, make_save("mina")])))

    remark = TEXTS.get("ko", f"digest.doubt.{mark}")
    assert remark in alone
    assert remark not in vouched


def test_links_of_one_story_stand_under_one_entry() -> None:
    first = make_link("a", title="Harbour opens its weights to everyone")
    second = make_link("b", title="Harbour opens its weights to everyone | Byte", site="Byte")

    document = _document(_compile(first, second, language="en"))

    assert "(Links 2 ·" in document
    assert "  - Same story: <Byte>" in document
    assert document.count("Byte") == 1


def test_the_head_in_chat_shows_a_few_links_of_a_story_and_the_thread_all() -> None:
    title = "Queues that drain at last, says the team"
    story = [make_link(f"copy{n}", title=title) for n in range(9)]

    post = WEEKLY.write_chat(_compile(*story), TEXTS.bind("ko"), picture=b"")

    head = compact(replace(post, thread=()))
    assert head.count("같은 소식") == 3
    assert "그 밖에 5개" in head
    assert compact(post.thread[0]).count("같은 소식") == 8


def test_a_page_cannot_bring_markup_along() -> None:
    link = make_link(summary=make_summary("2 * 3 **is** 6", engine=Engine.EXTRACTIVE))

    post = WEEKLY.write_document(_compile(link), TEXTS.bind("ko"), picture=b"")
    (entry,) = next(block for block in post.blocks if isinstance(block, Bullets)).items
    (points,) = entry.blocks
    assert points == Bullets((Item((Text("2 * 3 **is** 6"),)),))
    assert "(요약은 모델 없이 각 페이지에서 뽑은 문장이에요.)" in compact(post)


def test_an_empty_period_says_so() -> None:
    digest = _compile(period="2025-W12", language="en")

    assert digest.sections == ()
    assert digest.chart is None
    assert "Nothing was saved for March 2025, 3rd week" in digest.reason
    assert digest.reason in _document(digest)
    assert digest.reason in _chat(digest)


def test_only_what_was_saved_in_the_period_counts() -> None:
    again = make_link(
        "again", saves=[make_save("mina"), make_save("joon", at=MONDAY_NOON + timedelta(days=30))]
    )

    (section,) = _compile(again).sections

    assert section.items[0].why[0].key == "why.savers"


@given(
    st.lists(st.integers(min_value=0, max_value=27), max_size=20),
    st.randoms(use_true_random=False),
)
def test_the_same_links_give_the_same_document_in_any_order(
    days: list[int], random: Random
) -> None:
    links = [
        make_link(str(number), saves=[make_save(at=MONDAY_NOON + timedelta(days=day))])
        for number, day in enumerate(days)
    ]
    shuffled = list(links)
    random.shuffle(shuffled)

    digest = _compile(*links, period="2025-03")

    assert digest == _compile(*shuffled, period="2025-03")
    shown = [item.link for part in digest.sections for item in (*part.items, *part.brief)]
    assert sorted(shown) == sorted(link.id for link in links)
