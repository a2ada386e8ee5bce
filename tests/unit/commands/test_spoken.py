"""Commands and greetings are told from questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.catalogue import SPECS
from bot.commands.router import Router
from bot.commands.spoken import list_phrases, read_command
from bot.domain.models import LOCAL, MessageId
from bot.events import CommandCalled, MessagePosted
from bot.specs import CommandSpec
from tests.factories import GENERAL, MINA, NOON
from tests.fakes.platform import FakePlatform
from tests.fakes.talking import TEXTS, make_dispatcher

NAMES = tuple(spec.name for spec in SPECS)
PHRASES = {name: list_phrases(TEXTS, name) for name in NAMES}


@pytest.mark.parametrize(
    "text", ["help", "Help!", "도움말", "?", "??", "hi", "Hello 👋", "안녕하세요~", "/help"]
)
def test_a_greeting_asks_for_help(text: str) -> None:
    assert read_command(text, NAMES, PHRASES) == ("help", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("digest today", ("digest", "today")),
        ("Digest last-week daily", ("digest", "last-week daily")),
        ("다이제스트 오늘", ("digest", "오늘")),
        ("주보 지난주", ("digest", "지난주")),
        ("digest", ("digest", "")),
        ("/digest 2025-W02", ("digest", "2025-W02")),
        ("links rag kind:paper", ("links", "rag kind:paper")),
        ("save https://kites.example/", ("save", "https://kites.example/")),
        ("save channel:#papers", ("save", "channel:#papers")),
        ("저장 https://kites.example/", ("save", "https://kites.example/")),
        ("help digest", ("help", "digest")),
        ("도움말 다이제스트", ("help", "digest")),
        ("ask why do kites fly?", ("ask", "why do kites fly?")),
        ("/links kites?", ("links", "kites?")),
        ("구독 매주 금요일", ("subscribe", "매주 금요일")),
    ],
)
def test_a_command_is_called_by_its_name(text: str, expected: tuple[str, str]) -> None:
    assert read_command(text, NAMES, PHRASES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "why do kites fly?",
        "help me understand kites",
        "hi, why do kites fly?",
        "save energy in kites how",
        "digest of proteins: how long does it take?",
        "저장 방법 알려줘",
        "링크는 어디에 있어?",
        "/unknown thing",
    ],
)
def test_a_question_is_left_to_be_answered(text: str) -> None:
    assert read_command(text, NAMES, PHRASES) is None


@given(st.text())
def test_anything_may_be_said(text: str) -> None:
    called = read_command(text, NAMES, PHRASES)

    assert called is None or called[0] in NAMES


def make_message(text: str, *, is_for_bot: bool = True) -> MessagePosted:
    return MessagePosted(
        id="message-1",
        workspace=LOCAL,
        place=GENERAL,
        member=MINA,
        member_name="Mina",
        at=NOON,
        thread=MessageId("thread-1"),
        message=MessageId("message-1"),
        text=text,
        is_for_bot=is_for_bot,
    )


class Heard:
    """A bot with one command that keeps what it is called with, and what is no command."""

    def __init__(self) -> None:
        self.calls: list[CommandCalled] = []
        self.questions: list[str] = []
        router = Router(commands={CommandSpec("digest"): self.call}, on_message=[self.hear])
        self.dispatcher = make_dispatcher([router], platform=FakePlatform())

    async def call(self, event: CommandCalled, talk: object) -> None:
        self.calls.append(event)

    async def hear(self, event: MessagePosted, talk: object) -> None:
        self.questions.append(event.text)


async def test_a_command_after_a_mention_is_called_in_its_thread() -> None:
    heard = Heard()

    await heard.dispatcher.dispatch(make_message("다이제스트 오늘"))

    (call,) = heard.calls
    assert (call.name, call.arguments, call.thread) == ("digest", "오늘", "thread-1")
    assert (call.member, call.member_name, call.at) == (MINA, "Mina", NOON)
    assert heard.questions == []


@pytest.mark.parametrize(
    ("text", "is_for_bot"), [("digest today", False), ("links rag", True), ("why?", True)]
)
async def test_what_is_no_call_of_a_command_is_heard_as_said(text: str, is_for_bot: bool) -> None:
    heard = Heard()

    await heard.dispatcher.dispatch(make_message(text, is_for_bot=is_for_bot))

    assert heard.calls == []
    assert heard.questions == [text]
