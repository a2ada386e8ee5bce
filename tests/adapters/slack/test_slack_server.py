"""The local Slack does what the tests of the adapter rest on."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack_server import (
    BOT_TOKEN,
    ELSEWHERE,
    GENERAL,
    MINA,
    PRIVATE,
    SlackServer,
)


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(token=BOT_TOKEN, base_url=slack.api_url, retry_handlers=[])


async def test_it_refuses_a_token_that_it_does_not_know(slack: SlackServer) -> None:
    stranger = AsyncWebClient(token="xoxb-other", base_url=slack.api_url)

    with pytest.raises(SlackApiError) as refused:
        await stranger.auth_test()

    assert refused.value.response["error"] == "invalid_auth"


async def test_it_keeps_metadata_and_pages_by_cursor(
    slack: SlackServer, client: AsyncWebClient
) -> None:
    mark = {"event_type": "post", "event_payload": {"key": "1"}}
    await client.chat_postMessage(channel=GENERAL, text="first", metadata=mark)
    await slack.say("second")

    page = await client.conversations_history(channel=GENERAL, limit=1, include_all_metadata=True)
    rest = await client.conversations_history(
        channel=GENERAL,
        limit=1,
        include_all_metadata=True,
        cursor=page["response_metadata"]["next_cursor"],
    )

    assert page["messages"][0]["text"] == "second"
    assert rest["messages"][0]["metadata"] == mark


async def test_it_knows_who_is_in_which_channel(slack: SlackServer, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=ELSEWHERE, text="hello")
    private = await client.users_conversations(user=MINA, types="private_channel")

    assert refused.value.response["error"] == "not_in_channel"
    assert [each["id"] for each in private["channels"]] == [PRIVATE]


async def test_it_fails_when_told_to(slack: SlackServer, client: AsyncWebClient) -> None:
    await slack.fault("chat.postMessage", status=429, headers={"Retry-After": "7"})
    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel=GENERAL, text="once")
    await slack.fault("chat.postMessage", is_applied=True, is_dropped=True)
    with pytest.raises(Exception, match=r".*") as dropped:
        await client.chat_postMessage(channel=GENERAL, text="twice")

    assert limited.value.response.headers["Retry-After"] == "7"
    assert not isinstance(dropped.value, SlackApiError)
    assert [each["text"] for each in await slack.messages()] == ["twice"]
    assert len(await slack.calls("chat.postMessage")) == 2
