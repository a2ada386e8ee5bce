"""An opening, a few items in prose, short ones, and what nobody could read yet."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.domain.archives import Mark
from bot.domain.compiling import compile_digest
from bot.domain.digests import Digest, Style
from bot.domain.material import gather
from bot.domain.models import Concept, Kind, LinkRecord, PageState, Point, Related
from bot.domain.periods import parse_period
from bot.domain.styles import STYLES
from bot.texts import Texts
from tests.compact import compact
from tests.link_records import make_link, make_save, make_summary

TEXTS = Texts.load()
NEWSLETTER = STYLES[Style.NEWSLETTER]
LONG = make_link(
    "long",
    title="A kettle that learns",
    kind=Kind.PAPER,
    who="Elm Lab",
    saves=[make_save("mina"), make_save("joon")],
    summary=make_summary(
        Point("주전자가 강화 학습으로 물을 끓인다", (Point("→ 소리를 듣는다"),)),
        "값은 그대로다.",
        "부엌 신호를 함께 읽는다",
        "강화 학습은 밤에 돈다",
    ),
    concepts=[
        Concept("부엌 신호", "주전자가 내는 소리", "kitchen signal"),
        Concept("물", "", "water"),
    ],
    related=[Related("https://github.com/elm/kettle", "elm/kettle", Kind.DEV)],
)
SHORT = make_link("short", title="One line", summary=make_summary("Only this"))
WAITING = make_link("waiting", title="Not yet", state=PageState.WAITING)
LOST = make_link("lost", title="Gone", state=PageState.UNREADABLE)


def _compile(*links: LinkRecord, language: str = "ko") -> Digest:
    period = parse_period("2025-W10", today=date(2025, 3, 9))
    material = gather(period, ZoneInfo("Asia/Seoul"), links=links)
    return compile_digest(
        material, style=Style.NEWSLETTER, language=language, say=TEXTS.bind(language)
    )


def _document(digest: Digest) -> str:
    return compact(NEWSLETTER.write_document(digest, TEXTS.bind(digest.language), picture=b""))


def test_it_reads_like_a_newsletter() -> None:
    assert (
        _document(_compile(WAITING, SHORT, LONG))
        == """\
# 뉴스레터 · 2025년 3월 첫째 주 (3.3–3.9)
(링크 3개 · 📜 논문 1 · 🧑‍💻 개발 2)
이번 호에서는 ‘A kettle that learns’ 이야기를 자세히 하고, 1개는 짧게 전해요.
(저장한 사람: Mina 3개, Joon 1개.)
[picture chart.png: 주제별 링크 수: 개발 2개, 논문 1개. \
종류: 논문 1개, 개발 2개. 공유: Mina 3개, Joon 1개.]
## 이번 호의 이야기
### 📜 [Elm Lab] <A kettle that learns>(https://long.example/page)
주전자가 강화 학습(reinforcement learning)으로 물을 끓인다. 소리를 듣는다. 값은 그대로다.
부엌 신호(kitchen signal)를 함께 읽는다. 강화 학습은 밤에 돈다.
- **부엌 신호(kitchen signal)**: 주전자가 내는 소리
- 🧑‍💻 <elm/kettle>(https://github.com/elm/kettle)
(2명이 저장)
## 짧은 소식
- 🧑‍💻 <One line>(https://short.example/page) — Only this
## 다음에 읽을 것
저장됐지만 아직 내용을 알 수 없는 링크예요.
- 🧑‍💻 <Not yet>(https://waiting.example/page)_ — 아직 읽지 않은 페이지예요_"""
    )


def test_parts_without_a_link_are_left_out() -> None:
    assert [section.key for section in _compile(SHORT).sections] == ["short"]
    assert [section.key for section in _compile(LONG).sections] == ["long"]
    assert "in short" not in _document(_compile(LONG, language="en"))


def test_where_nothing_could_be_read_it_says_so_and_what_to_do() -> None:
    document = _document(_compile(LOST, language="en"))

    assert "## What is next\nLinks that were saved, but nobody could say yet" in document
    assert "/save ADDRESS text: WORDS" in document
    assert "could not be read" in document.rpartition("\n")[2]


@pytest.mark.parametrize("mark", list(Mark))
def test_what_is_in_doubt_is_not_told_at_length(mark: Mark) -> None:
    doubted = make_link(
        "d", summary=make_summary("One.", "Two."), saves=[make_save("import:x", marks=(mark,))]
    )

    assert [section.key for section in _compile(doubted).sections] == ["short"]


def test_few_are_long_and_every_link_is_told_once() -> None:
    links = [make_link(f"{n:03}", summary=make_summary("One.", "Two.")) for n in range(498)]

    digest = _compile(*links, WAITING, LOST, language="en")

    told = [item.link for part in digest.sections for item in (*part.items, *part.brief)]
    assert sorted(told) == sorted(digest.links)
    assert len(told) == 500
    assert len(digest.sections[0].items) == 4
    assert " and 1 more at length, and of 494 more in short." in _document(digest)


def test_chat_names_what_is_long_and_tells_it_in_the_thread() -> None:
    head, *replies = compact(
        NEWSLETTER.write_chat(_compile(LONG, SHORT, LOST), TEXTS.bind("ko"), picture=b"")
    ).split("\n@\n")

    assert "- 📜 [Elm Lab] <A kettle that learns>" in head
    assert "One line" not in head
    assert [reply.splitlines()[0] for reply in replies] == [
        "### 📜 [Elm Lab] <A kettle that learns>(https://long.example/page)",
        "## 짧은 소식",
        "## 다음에 읽을 것",
    ]


def test_a_thread_stops_where_nobody_reads_on() -> None:
    links = [make_link(f"{n:03}", summary=make_summary("One.")) for n in range(500)]

    thread = NEWSLETTER.write_chat(_compile(*links), TEXTS.bind("en"), picture=b"").thread

    assert "(and 460 more)" in compact(thread[-1])


def test_chat_without_a_long_item_names_what_there_is() -> None:
    assert (
        "<Gone>"
        in compact(NEWSLETTER.write_chat(_compile(LOST), TEXTS.bind("ko"), picture=b"")).partition(
            "\n@\n"
        )[0]
    )


def test_an_empty_period_says_so() -> None:
    assert "저장된 링크가 없어요." in _document(_compile())
