"""Sections of short items with numbered references at the end."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.archives import Mark
from bot.domain.compiling import compile_digest
from bot.domain.digests import Digest, Style
from bot.domain.material import Group, gather
from bot.domain.models import Engine, Kind, LinkRecord, PageState, Related, Summary
from bot.domain.periods import parse_period
from bot.domain.styles import STYLES
from bot.posts import Footnotes, Heading, Item, Reference
from bot.texts import Texts
from tests.compact import compact
from tests.link_records import MONDAY_NOON, make_link, make_save, make_summary

TEXTS = Texts.load()
MONTHLY = STYLES[Style.MONTHLY]
RULES = make_link(
    "rules",
    title="Harbour city sets rules for robots",
    kind=Kind.NEWS,
    who="Byte",
    topics=["ai-business"],
    saves=[make_save("mina"), make_save("joon")],
    summary=make_summary(
        "항구 도시, 로봇 규칙 마련", "시의회가 규칙을 통과시켰습니다.", "내년부터 쓰입니다.", "넷째"
    ),
)
PAPER = make_link(
    "paper",
    title="작은 색인",
    kind=Kind.PAPER,
    topics=["retrieval-rag"],
    summary=make_summary("색인이 절반으로 준다"),
    related=[Related("https://github.com/elm/index", "elm/index", Kind.DEV)],
)
MODEL = make_link("model", title="elm/small-model", topics=["models-training"])
QUEUE = make_link("queue", title="Queues that drain", topics=["mlops-data"])
LOOSE = make_link("loose", title="A tool of no topic")
MLOPS = Group("mlops-data", Kind.DEV, "")
FUN = make_link("fun", title="Singing kettles", kind=Kind.FUN)
LOST = make_link("lost", title="Gone by Tuesday", state=PageState.UNREADABLE)


def _compile(
    *links: LinkRecord, language: str = "en", before: tuple[tuple[Group, int], ...] | None = None
) -> Digest:
    period = parse_period("2025-03", today=date(2025, 3, 9))
    material = replace(gather(period, ZoneInfo("Asia/Seoul"), links=links), before=before)
    return compile_digest(
        material, style=Style.MONTHLY, language=language, say=TEXTS.bind(language)
    )


def _document(digest: Digest) -> str:
    return compact(MONTHLY.write_document(digest, TEXTS.bind(digest.language), picture=b""))


def test_a_month_reads_like_a_trend_post() -> None:
    assert (
        _document(_compile(PAPER, RULES, language="ko"))
        == """\
# 기술 동향 · 2025년 3월
(링크 2개 · 📜 논문 1 · 🗞️ 뉴스 1)
먼저 볼 소식: ‘항구 도시, 로봇 규칙 마련’, ‘작은 색인’.
저장한 사람: Mina 2개, Joon 1개.
[picture chart.png: 주제별 링크 수: AI 비즈니스 1개, 검색과 RAG 1개]
## 💡 뉴스
### 항구 도시, 로봇 규칙 마련 [1]
- 시의회가 규칙을 통과시켰습니다.
- 내년부터 쓰입니다.
## 📰 논문
### 작은 색인 [2]
- 색인이 절반으로 준다
## 참고 자료
1. <Harbour city sets rules for robots>(https://rules.example/page), Byte
2. <작은 색인>(https://paper.example/page) · 🧑‍💻 <elm/index>(https://github.com/elm/index)"""
    )


def test_an_english_post_keeps_the_title_of_the_page() -> None:
    document = _document(_compile(RULES))

    assert "## 💡 News\n### Harbour city sets rules for robots [1]\n- 항구 도시" in document


def test_a_short_item_has_a_heading_and_a_sentence_while_there_is_room() -> None:
    summary = make_summary("A first sentence.", "A second one.", engine=Engine.EXTRACTIVE)
    links = [make_link(f"{n:02}", kind=Kind.NEWS, summary=summary) for n in range(24)]
    links.append(make_link("bare", kind=Kind.NEWS, title="Nothing is known of it"))

    document = _document(_compile(*links))

    assert document.count("\n### ") == 20
    assert document.count("- A second one.") == 12
    assert "### Title of 19 [20]\n- A first sentence.\n**Also shared**" in document
    assert "- Title of 20 [21] — A first sentence." in document
    assert "- Nothing is known of it [25]" in document


def test_a_line_keeps_the_headline_that_a_person_gave_it() -> None:
    written = make_summary("항구의 새 등대", "등대가 밤새 켜집니다.")
    links = [make_link(f"{n:02}", title="Lights", kind=Kind.NEWS, summary=written) for n in "ab"]
    dubious = make_link(
        "c",
        title="Light",
        kind=Kind.NEWS,
        summary=written,
        saves=[make_save(marks=(Mark.NEAR_COPY,))],
    )

    document = _document(_compile(*links, dubious, language="ko"))

    assert "- 항구의 새 등대 [3] — 등대가 밤새 켜집니다." in document


@pytest.mark.parametrize(
    "summary",
    [
        make_summary("항구에 새 등대가 섰습니다.", "밤새 켜집니다."),
        make_summary("항구의 새 등대 " * 9, "밤새 켜집니다."),
        make_summary("항구의 새 등대", "밤새 켜집니다.", engine=Engine.EXTRACTIVE),
    ],
    ids=["a sentence", "too long", "by nobody"],
)
def test_what_is_no_headline_takes_the_place_of_no_title(summary: Summary) -> None:
    link = make_link("lights", title="Lights", kind=Kind.NEWS, summary=summary)

    assert "### Lights [1]" in _document(_compile(link, language="ko"))


def test_every_link_has_its_section_and_empty_ones_are_left_out() -> None:
    digest = _compile(FUN, LOOSE, QUEUE, MODEL, PAPER)

    assert [(section.key, section.items[0].title) for section in digest.sections] == [
        ("papers", "작은 색인"),
        ("models", "elm/small-model"),
        ("operations", "Queues that drain"),
        ("programming", "A tool of no topic"),
        ("rest", "Singing kettles"),
    ]


def test_what_a_person_filed_under_a_section_stays_in_it() -> None:
    filed = make_link("filed", kind=Kind.DEV, saves=[make_save(label="Deep Learning, LLM")])

    (section,) = _compile(filed).sections

    assert section.key == "models"


def test_each_reference_points_to_a_footnote_and_each_footnote_is_pointed_to() -> None:
    links = [make_link(f"{n:03}", kind=Kind.NEWS, topics=["x"]) for n in range(30)]
    twin = "Harbour city sets rules for robots | Byte"
    copies = [RULES, make_link("copy", title=twin, kind=Kind.NEWS)]

    post = MONTHLY.write_document(_compile(*links, *copies), TEXTS.bind("en"), picture=b"")

    (notes,) = [block for block in post.blocks if isinstance(block, Footnotes)]
    keys = [each.key for each in _references(post.blocks)]
    assert keys == list(notes.keys)
    assert keys == [f"ref-n-{number}" for number in range(1, 33)]
    assert [each.text for each in _references(post.blocks)][-1] == "[32]"


def test_what_grew_is_told_where_something_was_saved_before() -> None:
    new = [make_link(f"n{n}", topics=["mlops-data"]) for n in range(4)]
    grown = "Topics with more links than in the period before: MLOps and data 1→4."

    assert grown in _document(_compile(*new, before=((MLOPS, 1),)))
    assert "than in the period before" not in _document(_compile(*new, before=()))
    assert "than in the period before" not in _document(_compile(*new))


def test_links_of_an_archive_are_told_apart_from_those_of_people() -> None:
    brought = make_link("b", saves=[replace(make_save("import:x"), member_name="links.md")])

    document = _document(_compile(brought, MODEL))

    assert "Saved by: Mina 1. Brought in from: links.md 1." in document


def test_what_could_not_be_read_says_so() -> None:
    assert "- _the page could not be read, so there is no summary_" in _document(_compile(LOST))


def test_chat_gets_a_few_lines_a_section_and_the_rest_in_the_thread() -> None:
    many = [
        make_link(f"{n}", kind=Kind.NEWS, saves=[make_save(at=MONDAY_NOON + timedelta(hours=n))])
        for n in range(9)
    ]

    head, *replies = compact(
        MONTHLY.write_chat(_compile(PAPER, *many), TEXTS.bind("en"), picture=b"")
    ).split("\n@\n")

    assert head.count("🗞️ <") == 3
    assert "**📰 Papers**\n- 📜 <작은 색인>" in head
    assert replies[0].startswith("## 💡 News\n- 🗞️ <")
    assert replies[0].count("🗞️ <") == 9
    assert "  - 색인이 절반으로 준다" in replies[1]


def test_five_hundred_links_are_all_there_once() -> None:
    links = [
        make_link(f"{n:03}", kind=list(Kind)[n % 4], topics=[["programming"], []][n % 2])
        for n in range(500)
    ]

    digest = _compile(*links)
    post = MONTHLY.write_document(digest, TEXTS.bind("en"), picture=b"")

    (notes,) = [block for block in post.blocks if isinstance(block, Footnotes)]
    assert len(notes.items) == len(set(notes.keys)) == 500
    assert sum(len(section.items) for section in digest.sections) <= 30


def test_an_empty_month_says_so() -> None:
    document = _document(_compile())

    assert "Nothing was saved for March 2025." in document
    assert "References" not in document


def _references(blocks: object) -> list[Reference]:
    found: list[Reference] = []
    for block in blocks if isinstance(blocks, tuple) else ():
        if isinstance(block, Heading | Item):
            found += [each for each in block.inlines if isinstance(each, Reference)]
        found += _references(getattr(block, "items", ()))
    return found
