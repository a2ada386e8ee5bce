"""A digest of our own writing, and the post that shows what a document may hold."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.digests import (
    Chart,
    ChartBar,
    ChartPanel,
    Digest,
    DigestItem,
    DigestSection,
    Period,
    Style,
)
from bot.domain.models import Concept, Engine, Kind, LinkId, Point, Related, Summary
from bot.domain.reasons import Reason
from bot.posts import (
    Anchor,
    Bullets,
    Button,
    Buttons,
    Context,
    Fold,
    Heading,
    Item,
    Paragraph,
    Picture,
    Post,
    Quote,
    Text,
)

PAPER = "https://arxiv.org/abs/2501.01234"
BLOG = "https://blog.example/글/retries_(part 1)?a=1|2"
CODE = "https://github.com/example/quiet-queue"


@pytest.fixture
def chart() -> Chart:
    return Chart(
        "주제별 링크 수, 2025년 1월 2주",
        (
            ChartBar("검색과 RAG", 3, 1, "+2"),
            ChartBar("에이전트와 도구", 2, 0, "새 주제"),
            ChartBar("멀티모달", 1, 4, "–3"),
        ),
        alt="주제별 링크 수: 검색과 RAG 3개",
        totals=(ChartBar("이 기간", 6), ChartBar("전주", 5)),
        panels=(
            ChartPanel("종류", (ChartBar("논문", 4), ChartBar("개발", 2)), is_whole=True),
            ChartPanel("공유", (ChartBar("미나", 5), ChartBar("피드", 1))),
        ),
    )


@pytest.fixture
def post() -> Post:
    concepts = Fold(
        (Text("중요 개념"),),
        (
            Bullets(
                (
                    Item(
                        (
                            Text("검색 증강 생성(RAG)", strong=True),
                            Text(": 찾은 글을 근거로 답한다"),
                        )
                    ),
                    Item((Text("top_k", code=True), Text("는 3~5 또는 10~20으로 둔다"))),
                )
            ),
        ),
    )
    paper = Item(
        (Text("📜 "), Text("[한빛 연구실] "), Anchor("긴 문서를 조각내는 [세 가지] 방법", PAPER)),
        (
            Bullets(
                (
                    Item((Text("문단 경계를 지키면 재현율이 오른다"),)),
                    Item(
                        (
                            Text("비용: 색인 시간이 "),
                            Text("두 배(2×)", strong=True),
                            Text("로 는다"),
                        ),
                        (Bullets((Item((Text("→ 밤에 나눠 돌리면 된다"),)),)),),
                    ),
                    Item((Text("🧑‍💻 "), Anchor("quiet-queue", CODE))),
                )
            ),
            concepts,
        ),
    )
    blog = Item(
        (Text("🧑‍💻 "), Anchor("What a queue taught us | retries", BLOG), Text(" — #1 tip"))
    )
    return Post(
        (
            Heading((Text("주보 — 2025년 1월 2주"),), level=1),
            Context((Text("링크 2개 · 📜 논문 1 · 🧑‍💻 개발 1"),)),
            Picture("chart.png", "주제별 링크 수: 검색과 RAG 3개", b"\x89PNG"),
            Heading((Text("먼저 볼 링크"),)),
            Bullets((paper, blog)),
            Heading((Text("출처"),)),
            Bullets((Item((Anchor("첫째 출처", PAPER),)), Item((Text("둘째"),))), is_ordered=True),
            Quote((Text("한 번에 하나씩."),)),
            Paragraph((Text("1. 줄 머리의 숫자와 snake_case, a < b, 2 * 3은 그대로 읽힌다."),)),
            Buttons((Button("다시", "again"),)),
        ),
        language="ko",
    )


@pytest.fixture
def digest(chart: Chart) -> Digest:
    summary = Summary(
        (
            Point("문단 경계를 지키면 **재현율**이 오른다"),
            Point("비용", points=(Point("색인 시간이 두 배로 는다"),)),
        ),
        Engine.IMPORTED,
    )
    item = DigestItem(
        link=LinkId("1"),
        url=PAPER,
        title="긴 문서를 조각내는 세 가지 방법",
        kind=Kind.PAPER,
        who="한빛 연구실",
        day=date(2025, 1, 7),
        topics=("retrieval",),
        summary=summary,
        concepts=(Concept("검색 증강 생성", "찾은 글을 근거로 답한다", "RAG"),),
        related=(Related(CODE, "quiet-queue", Kind.DEV),),
        also=(("같은 논문의 해설", "https://blog.example/paper"),),
        why=(Reason("why.savers", 2, 8),),
    )
    brief = DigestItem(
        link=LinkId("2"),
        url=BLOG,
        title="What a queue taught us",
        kind=Kind.DEV,
        who="",
        day=date(2025, 1, 8),
        topics=(),
        summary=Summary((Point("Stars *stay* stars."),), Engine.EXTRACTIVE),
    )
    period = Period("2025-W02", date(2025, 1, 6), date(2025, 1, 13))
    section = DigestSection("2025년 1월 2주", "", (item,), (brief,))
    title = "주보 — 2025년 1월 2주"
    return Digest(period, Style.WEEKLY, "ko", title, (section,), chart)
