from datetime import date
from zoneinfo import ZoneInfo

from bot.domain.compiling import compile_digest
from bot.domain.digests import Digest, Style
from bot.domain.material import gather
from bot.domain.models import LinkRecord, NoteId, NotePassage, NoteRecord
from bot.domain.periods import parse_period
from bot.domain.styles import STYLES
from bot.texts import Texts
from tests.compact import compact
from tests.link_records import MONDAY_NOON, make_link, make_save, make_summary

TEXTS = Texts.load()
DAILY = STYLES[Style.DAILY]
REPORT = "Robots in the morning"
ARMS = make_link("arms", title="로봇 팔, 반값에", saves=[make_save(label="Robots")])
HANDS = make_link("hands", title="Hands that feel", saves=[make_save(label="Robots")])
INDEX = make_link(
    "index",
    title="An index in a page",
    topics=["retrieval-rag"],
    summary=make_summary(
        "The index fits into one page of memory",
        "It lowers the cost of every search for small companies",
    ),
)


def _passage(part: str, text: str) -> NotePassage:
    return NotePassage(NoteId("n"), REPORT, f"🎈 Robots › {part}", text, "robots.md")


ANALYSIS = [
    _passage("주요 주제", "- 창고 로봇의 값"),
    _passage("주요 사건", "- '로봇 팔, 반값에' 기사는 값이 내린 까닭을 설명함."),
    _passage("영향 분석", "- **경제**: 창고 비용이 준다.\n- **사회**: 일자리가 바뀐다."),
    _passage("최종 요약", "로봇이 싸졌다."),
]
NOTE = NoteRecord(NoteId("n"), REPORT, "report.md", MONDAY_NOON, ("🎈 Robots › 주요 주제",))


def _compile(
    *links: LinkRecord, language: str, passages: list[NotePassage] | None = None
) -> Digest:
    material = gather(
        parse_period("2025-03-03", today=date(2025, 3, 9)),
        ZoneInfo("Asia/Seoul"),
        links=links,
        notes=[NOTE] if passages else [],
        passages=passages or [],
    )
    return compile_digest(material, style=Style.DAILY, language=language, say=TEXTS.bind(language))


def _document(digest: Digest) -> str:
    return compact(DAILY.write_document(digest, TEXTS.bind(digest.language), picture=b""))


def test_what_people_wrote_about_a_category_is_told_with_its_links() -> None:
    assert (
        _document(_compile(ARMS, HANDS, language="ko", passages=ANALYSIS))
        == """\
# 하루 소식 · 2025년 3월 3일(월)
(링크 2개 · 🧑‍💻 개발 2)
[picture chart.png: 주제별 링크 수: Robots 2개]
## 🎈 Robots
**요약**
1. **주요 주제**
  - 창고 로봇의 값
2. **주요 사건**
  - '로봇 팔, 반값에' 기사는 값이 내린 까닭을 설명함. [1]
3. **영향 분석**
  - **경제**: 창고 비용이 준다.
  - **정치/사회**: 일자리가 바뀐다.
4. **최종 요약**
  - 로봇이 싸졌다.
**출처**
1. <로봇 팔, 반값에>(https://arms.example/page)
2. <Hands that feel>(https://hands.example/page)
(분석은 가져온 문서 robots.md에 실린 글이에요.)"""
    )


def test_without_a_model_a_topic_says_what_its_sources_say() -> None:
    document = _document(_compile(INDEX, language="en"))

    assert "# News of the day · Monday, March 3, 2025" in document
    assert "## 🔎 Retrieval and RAG\n**Summary**" in document
    assert "  - “An index in a page”: The index fits into one page of memory [1]" in document
    assert "  - **Economy**: It lowers the cost of every search for small companies [1]" in document
    assert document.endswith("**Sources**\n1. <An index in a page>(https://index.example/page)")


def test_parts_without_anything_to_say_are_left_out() -> None:
    bare = make_link("bare", title="Only a title")

    document = _document(_compile(bare, language="en"))

    assert "Summary" not in document
    assert document.endswith("**Sources**\n1. <Only a title>(https://bare.example/page)")


def test_topics_come_by_number_of_links_and_the_chart_counts_the_same() -> None:
    digest = _compile(
        INDEX,
        make_link("b", title="Loose one"),
        make_link("c", title="Other thing"),
        language="en",
    )

    assert [section.heading for section in digest.sections] == ["Development", "Retrieval and RAG"]
    assert digest.chart is not None
    assert [(bar.label, bar.count) for bar in digest.chart.bars] == [
        ("Development", 2),
        ("Retrieval and RAG", 1),
    ]
    assert digest.chart.alt == "Links by topic: Development 2, Retrieval and RAG 1"


def test_a_statement_cites_the_number_of_its_source_in_the_list() -> None:
    copy = make_link("copy", title="An index in a page of memory for you")
    digest = _compile(
        make_link(
            "loved", title="First", topics=["retrieval-rag"], saves=[make_save(m) for m in "ab"]
        ),
        copy,
        INDEX,
        language="en",
    )

    for section in digest.sections:
        assert section.analysis is not None
        for event in section.analysis.events:
            (number,) = event.sources
            assert section.sources[number - 1][0] in event.text


def test_chat_gets_lines_by_topic_and_a_reply_a_topic() -> None:
    digest = _compile(ARMS, INDEX, language="en", passages=ANALYSIS)

    head, *replies = compact(DAILY.write_chat(digest, TEXTS.bind("en"), picture=b"")).split("\n@\n")

    assert "**🎈 Robots**\n- 🧑‍💻 <로봇 팔, 반값에>" in head
    assert " — The index fits into one page of memory" in head
    assert [reply.splitlines()[0] for reply in replies] == [
        "## 🔎 Retrieval and RAG",
        "## 🎈 Robots",
    ]


def test_other_notes_of_the_day_are_named() -> None:
    talk = [NotePassage(NoteId("t"), "A talk", "Indexes", "- small ones")]

    document = _document(_compile(INDEX, language="en", passages=talk))

    assert "## 📝 From the notes\n- **Robots in the morning**" in document
