"""A channel's subscriptions on Slack: made and changed in forms, by several members."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.servers.slack_member import SlackTalk, open_talk, text_of
from tests.servers.slack_server import (
    ALICE,
    ELSEWHERE,
    GENERAL,
    MINA,
    PRIVATE,
    slack_url,
    until,
)

__all__ = ["slack_url"]

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    slack_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SlackTalk]:
    async with open_talk(tmp_path_factory.mktemp("subscriptions"), slack_url) as talk:
        yield talk
        assert "Traceback" not in talk.bot.log


@pytest_asyncio.fixture(loop_scope="module")
async def talk(running: SlackTalk, slack_url: str) -> SlackTalk:
    """Return the talk with nothing said so far."""
    async with httpx.AsyncClient(base_url=slack_url) as http:
        await http.post("/_test/reset")
    await until(lambda: running.slack.socket())
    return running


def button_of(message: dict[str, Any], label: str) -> dict[str, Any]:
    """Return what Slack sends of a button that is pressed."""
    for block in message["blocks"]:
        for element in block.get("elements", ()):
            if element["type"] == "button" and label in element["text"]["text"]:
                return {
                    "type": "button",
                    "action_id": element["action_id"],
                    "value": element.get("value", ""),
                }
    raise AssertionError(f"no button {label}")


async def opened_form(talk: SlackTalk, number: int = 0) -> dict[str, Any]:
    async def find() -> dict[str, Any] | None:
        calls = await talk.slack.calls("views.open")
        return calls[number]["args"]["view"] if len(calls) > number else None

    form: dict[str, Any] = await until(find)
    return form


def filled_in(form: dict[str, Any]) -> dict[str, Any]:
    """Return a form's values as a browser sends them if nothing is touched."""
    return {
        block["block_id"]: {"value": {"type": element["type"], **_initial(element)}}
        for block in form["blocks"]
        for element in [block["element"]]
    }


def _initial(element: dict[str, Any]) -> dict[str, Any]:
    names = {
        "initial_value": "value",
        "initial_option": "selected_option",
        "initial_options": "selected_options",
        "initial_conversations": "selected_conversations",
    }
    return {names[key]: value for key, value in element.items() if key in names}


async def test_an_edit_opens_a_form_with_what_stands(talk: SlackTalk) -> None:
    await talk.slack.command(
        "/subscribe", f"매주 금요일 17:00 kinds:📜🗞️ channels:<#{GENERAL}|general>"
    )
    made = await talk.said("매주 금요일 17:00", "📜 논문, 🗞️ 뉴스", f"<#{GENERAL}>")

    await talk.slack.press(made["ts"], button_of(made, "수정"))
    form = await opened_form(talk)
    values = filled_in(form)
    assert values["at"]["value"]["value"] == "17:00"
    assert values["on"]["value"]["value"] == "fri"
    kinds = [each["value"] for each in values["kinds"]["value"]["selected_options"]]
    assert kinds == ["paper", "news"]
    assert values["channels"]["value"]["selected_conversations"] == [GENERAL]

    values["at"]["value"]["value"] = "10:00"
    values["kinds"]["value"]["selected_options"] = []
    await talk.slack.submit(values)

    changed = await talk.said("주보 구독을 바꿨어요", "매주 금요일 10:00")
    assert "논문" not in text_of(changed)


async def test_of_two_who_edit_at_once_the_second_hears_of_the_first(talk: SlackTalk) -> None:
    await talk.slack.command("/subscribe", "daily 8:00", by=ALICE)
    made = await talk.said("every day at 08:00")
    await talk.slack.press(made["ts"], button_of(made, "Edit"), by=ALICE)
    values = filled_in(await opened_form(talk))
    await talk.slack.command("/jubo", "subscribe change:2 size:small", by=MINA)
    await talk.said("주보 구독을 바꿨어요", "간단히")

    values["at"]["value"]["value"] = "12:00"
    await talk.slack.submit(values, by=ALICE)

    told = await talk.said("changed this meanwhile")
    assert "Every day at 08:00" in text_of(told)


async def test_a_form_that_cannot_open_leaves_the_way_by_typing(talk: SlackTalk) -> None:
    await talk.slack.command("/jubo", "subscribe monthly on:last", by=ALICE)
    made = await talk.said("last day of every month")
    await talk.slack.fault("views.open", body={"ok": False, "error": "expired_trigger_id"})

    await talk.slack.press(made["ts"], button_of(made, "Edit"), by=ALICE)

    await talk.said("/subscribe change:3 at:10:00")


@pytest.mark.parametrize(
    ("channel", "sentence"),
    [(PRIVATE, "비공개 채널에서 저장한"), (ELSEWHERE, "제가 들어가 있지 않거나")],
)
async def test_a_channel_that_could_not_be_told_of_is_refused(
    talk: SlackTalk, channel: str, sentence: str
) -> None:
    await talk.slack.command("/subscribe", f"daily 9:00 channels:<#{channel}|it>")

    await talk.said(sentence)
