"""A core just big enough for the page: it answers the inbox with posts of every shape."""

from __future__ import annotations

import asyncio
import struct
import zlib

from bot.domain.models import ChannelId, MemberId, MessageId, Place
from bot.events import (
    ButtonPressed,
    CommandCalled,
    Event,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from bot.ports import ChatMessage, Lane
from bot.posts import (
    Anchor,
    Bullets,
    Button,
    Buttons,
    Context,
    Fold,
    Heading,
    Item,
    Picture,
    Post,
    Text,
    paragraph,
    say,
)
from tests.fakes.web_chat import WebChat

PAPER = Anchor("검색 증강 생성을 다시 재다", "https://papers.example.org/rag-eval")
CODE = Anchor("작은 언어 모델 파인튜닝 노트", "https://dev.example.org/finetune")
NEWS = Anchor("Open weights, open questions", "https://news.example.org/open-weights")


class TinyCore:
    def __init__(self, web: WebChat) -> None:
        self._web = web
        self._wake = asyncio.Event()
        web.on_event = self._wake.set

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            for lane in Lane:
                for row in await self._web.inbox.list_open(lane=lane, limit=100):
                    await self._answer(row.event)
                    await self._web.inbox.mark_done(row.id)

    async def _answer(self, event: Event) -> None:
        platform = self._web.platform
        match event:
            case CommandCalled(name="digest"):
                await self._post(event, digest())
            case CommandCalled(name="ask") | MessagePosted(is_for_bot=True):
                await self._post(event, answer())
            case CommandCalled():
                await self._post(event, quietly("This is for you alone."))
            case ReactionAdded(emoji="🔖"):
                await platform.react(event.place, event.message, "👀")
                await platform.unreact(event.place, event.message, "👀")
                await platform.react(event.place, event.message, "✅")
            case ReactionRemoved(emoji="🔖"):
                await platform.unreact(event.place, event.message, "✅")
            case ButtonPressed():
                await self._post(event, quietly(f"pressed {event.value}"))
            case _:
                pass

    async def _post(self, event: Event, post: Post) -> None:
        await self._web.post(
            event.place,
            post,
            key=event.id,
            thread=event.thread,
            only_for=event.member if post.is_ephemeral else None,
        )


async def seed(web: WebChat) -> None:
    """Let two members share links, as a channel looks when somebody opens it."""
    texts = (
        (
            "ari",
            "Ari",
            "이번 주에 읽은 것 중 제일 좋았어요. 평가 세트를 직접 만들 때 꼭 볼 글입니다.\nhttps://papers.example.org/rag-eval",
        ),
        ("ari", "Ari", "발표 자료는 여기: github.com/example/rag-slides"),
        (
            "bo",
            "Bo",
            "Short and honest post about what a small team can fine-tune on one card: https://dev.example.org/finetune?utm_source=chat",
        ),
    )
    for number, (member, name, text) in enumerate(texts):
        message = ChatMessage(
            id=MessageId(f"seed{number}"),
            place=Place(ChannelId("reading")),
            member=MemberId(member),
            member_name=name,
            at=web.clock.now(),
            text=text,
        )
        await web.chat.append(message)


def digest() -> Post:
    points = ("질문을 바꿔 쓰면 점수가 12점까지 흔들린다.", "사람이 만든 근거 200개로 다시 쟀다.")
    paper = Item((Text("📜 "), PAPER), (bullets(*points),))
    concept = Fold((Text("중요 개념"),), (bullets("LoRA: 낮은 계수 행렬만 학습하는 방법"),))
    code = Item((Text("🧑‍💻 "), CODE), (concept,))
    english = Button("English", "digest.language", "en")
    earlier = Button("지난주", "digest.period", "2026-W08")
    return Post(
        (
            Heading((Text("3월 첫째 주 주보"),), level=1),
            Context((Text("2026-W09 · 링크 3개 · 발췌 요약"),)),
            Picture("kinds.png", "링크 3개: 논문 1, 개발 1, 뉴스 1", bars()),
            Heading((Text("이번 주에 읽을 것"),)),
            Bullets((paper, code, Item((Text("🗞️ "), NEWS)))),
            Buttons((english, earlier)),
        ),
        thread=(
            Post((Heading((Text("논문"),)), Bullets((paper,))), language="ko"),
            Post((Heading((Text("개발"),)), Bullets((code,))), language="ko"),
        ),
        language="ko",
    )


def answer() -> Post:
    return Post(
        (
            paragraph("평가 세트는 실제 질문에서 뽑고, 근거는 사람이 표시해야 한다 [1]."),
            Bullets((Item((PAPER,)),), is_ordered=True),
            Context((Text("저장한 링크 3개에서 찾았어요"),)),
        ),
        language="ko",
    )


def bullets(*texts: str) -> Bullets:
    return Bullets(tuple(Item((Text(text),)) for text in texts))


def quietly(text: str) -> Post:
    return say(text, language="en", is_ephemeral=True)


def bars(*, width: int = 480, height: int = 180) -> bytes:
    """Draw three bars as a PNG, so that the page has a picture without a library."""
    colours = (b"\x1c\x6a\x57", b"\xf2\xc8\x79", b"\x8f\x89\x7a")
    rows = []
    for y in range(height):
        bar, inside = divmod(y, height // 3)
        filled = (width - 80 - 110 * bar) if 12 < inside < 48 and bar < 3 else 0
        rows.append(b"\0" + colours[min(bar, 2)] * filled + b"\xff\xff\xff" * (width - filled))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
