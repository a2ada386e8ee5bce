"""What a workspace may spend on a language model, and what it never pays for twice."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from bot.domain.asking_models import (
    Message,
    ModelAnswer,
    Prices,
    Prompt,
    Question,
    Role,
    Spent,
    Stage,
    Usage,
    Wanted,
)
from bot.domain.models import LOCAL, WorkspaceId
from bot.errors import CapReached, ModelUnavailable, NoAnswer
from bot.ports import NoMeter
from bot.services.spending import Accounts, SpendingModel
from tests.fakes.clock import FakeClock
from tests.fakes.language_model import Answer, FakeLanguageModel
from tests.fakes.model_store import FakeModelStore

TEAM = WorkspaceId("slack:T1")


class Line(BaseModel):
    text: str


def question(
    text: str = "Sum it up.", *, workspace: WorkspaceId = LOCAL, version: int = 1
) -> Question[Line]:
    prompt = Prompt("line", version, (Message(Role.USER, text),))
    return Question(workspace, Stage.LINK, prompt, Line, 50)


class World:
    """A model that answers as it is told, behind accounts."""

    def __init__(self, *answers: str | Answer, cap: int = 0, prices: Prices | None = None) -> None:
        said = [Line(text=each) if isinstance(each, str) else each for each in answers]
        self.clock = FakeClock()
        self.server = FakeLanguageModel(list(said))
        self.store = FakeModelStore()
        self.accounts = Accounts(
            self.store,
            clock=self.clock,
            zone=ZoneInfo("Asia/Seoul"),
            model="fake-model",
            cap=cap,
            prices=prices,
        )
        self.model = SpendingModel(
            self.server, self.store, self.accounts, clock=self.clock, meter=NoMeter()
        )

    async def spent(self, workspace: WorkspaceId = LOCAL) -> tuple[Spent, ...]:
        return (await self.accounts.look(workspace)).stages


async def test_what_was_paid_for_is_not_paid_again() -> None:
    world = World("one")

    first = await world.model.ask(question())
    again = await world.model.ask(question())

    assert (first.is_kept, again.is_kept) == (False, True)
    assert (again.value, again.usage) == (Line(text="one"), Usage())
    assert await world.spent() == (Spent(Stage.LINK, 1, Usage(100, 20), unpriced=1),)


async def test_another_text_version_model_or_workspace_is_another_question() -> None:
    world = World("one", "two", "three", "four", "five")

    answers = [
        await world.model.ask(question()),
        await world.model.ask(question("Sum that up.")),
        await world.model.ask(question(version=2)),
        await world.model.ask(question(workspace=TEAM)),
    ]
    world.server.name = "another-model"
    answers.append(await world.model.ask(question()))

    texts = [each.value.text for each in answers]
    assert texts == ["one", "two", "three", "four", "five"]


async def test_a_kept_answer_that_is_of_no_use_any_more_is_asked_for_again() -> None:
    world = World("one")
    key = question().key("fake-model")
    await world.store.keep_answer(LOCAL, key, text='{"other": 1}', at=world.clock.now())

    assert (await world.model.ask(question())).value == Line(text="one")


async def test_who_asks_the_same_at_once_waits_for_one_answer() -> None:
    world = World("one", "two")

    answers = await asyncio.gather(*(world.model.ask(question()) for _ in range(5)))

    assert {each.value.text for each in answers} == {"one"}
    assert len(world.server.asked) == 1


async def test_at_the_cap_nothing_is_asked_until_the_next_month() -> None:
    world = World("one", "two", cap=200)
    await world.model.ask(question("first"))  # 120 of 200 are spent, the next may take 55

    await world.model.ask(question("second"))
    with pytest.raises(CapReached) as caught:
        await world.model.ask(question("third"))
    kept = await world.model.ask(question("first"))

    assert caught.value.values == {"cap": 200}
    assert kept.value == Line(text="one")
    assert (await world.accounts.look()).is_used_up
    world.clock.move(days=31)
    world.server.answers.append(Line(text="next month"))
    assert (await world.model.ask(question("third"))).value == Line(text="next month")


async def test_another_workspace_has_a_cap_of_its_own() -> None:
    world = World("one", "two", cap=100)
    await world.model.ask(question())

    assert (await world.model.ask(question(workspace=TEAM))).value == Line(text="two")


class Waiting(FakeLanguageModel):
    """Answers once told to."""

    def __init__(self) -> None:
        super().__init__([Line(text=str(n)) for n in range(9)])
        self.go = asyncio.Event()
        self.came = asyncio.Semaphore(0)

    async def ask(self, question: Question[Wanted]) -> ModelAnswer[Wanted]:
        self.came.release()
        await self.go.wait()
        return await super().ask(question)


async def test_what_is_asked_at_once_stays_within_the_cap_too() -> None:
    world = World(cap=150)
    server = Waiting()
    model = SpendingModel(server, world.store, world.accounts, clock=world.clock, meter=NoMeter())

    asking = asyncio.gather(
        *(model.ask(question(f"number {n}")) for n in range(4)), return_exceptions=True
    )
    for _ in range(2):
        await server.came.acquire()
    server.go.set()
    outcomes = await asking

    assert [isinstance(each, CapReached) for each in outcomes] == [False, False, True, True]


async def test_an_answer_of_no_use_is_booked_and_not_kept() -> None:
    world = World("not what was wanted", "one")
    world.server.answers[0] = "no JSON"

    with pytest.raises(NoAnswer):
        await world.model.ask(question())

    assert [each.usage for each in await world.spent()] == [Usage(100, 20)]
    assert (await world.model.ask(question())).value == Line(text="one")


async def test_a_server_that_is_down_costs_nothing() -> None:
    world = World(ModelUnavailable())

    with pytest.raises(ModelUnavailable):
        await world.model.ask(question())

    assert await world.spent() == ()


async def test_prices_make_costs() -> None:
    world = World("one", prices=Prices(Decimal("0.5"), Decimal(2)))
    await world.model.ask(question())

    spending = await world.accounts.look()

    assert (spending.cost, spending.is_priced) == (Decimal("0.00009"), True)


async def test_a_month_begins_where_the_bot_lives() -> None:
    world = World("one")
    world.clock.move(days=29, hours=6, minutes=30)  # 31 March 15:30 UTC: 1 April in Seoul
    await world.model.ask(question())

    assert (await world.accounts.look()).month == "2026-04"
