"""The live updates and the server, over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from adapters.web.hub import Hub
from adapters.web.server import AddressUnusable, PortTaken, TokenNeeded, serve
from bot.domain.models import ChannelId, MemberId, Place
from bot.posts import say
from bot.texts import Texts
from tests.fakes.web_chat import WebChat

READING = Place(ChannelId("reading"))
HELLO = say("hello", language="en")


@asynccontextmanager
async def running(web: WebChat) -> AsyncIterator[str]:
    stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(
            serve(
                web.app(),
                hub=web.hub,
                host="127.0.0.1",
                port=0,
                token=web.token,
                stop=stop,
                ready=address.set_result,
            )
        )
        try:
            yield await address
        finally:
            stop.set()


class Stream:
    """Server-sent events, one block at a time."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, str]:
        block: dict[str, str] = {}
        async for line in self._lines:
            if not line:
                return block
            name, _, value = line.partition(":")
            block[name or "comment"] = value.strip()
        return {"end": "end"}

    async def next_text(self) -> str:
        data = json.loads((await self.next())["data"])
        return str(data["blocks"][0]["inlines"][0]["text"])


@asynccontextmanager
async def live(address: str, *, name: str = "", after: str = "") -> AsyncIterator[Stream]:
    async with (
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
        client.stream("GET", "/api/live", params={"name": name, "after": after}) as response,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        stream = Stream(response)
        assert "retry" in await stream.next()
        yield stream


async def test_a_post_reaches_an_open_page() -> None:
    web = WebChat()
    async with running(web) as address, live(address) as page:
        await web.post(READING, HELLO, key="k")

        assert await page.next_text() == "hello"


async def test_a_reaction_of_ours_reaches_an_open_page() -> None:
    web = WebChat()
    head = await web.post(READING, HELLO, key="k")
    async with running(web) as address, live(address) as page:
        await web.platform.react(READING, head, "👀")
        await web.platform.react(READING, head, "👀")
        await web.platform.unreact(READING, head, "👀")

        seen = [json.loads((await page.next())["data"])["reactions"] for _ in range(2)]
    assert seen == [[{"emoji": "👀", "who": ["jubo"]}], []]


async def test_a_page_that_lost_its_connection_catches_up() -> None:
    web = WebChat()
    async with running(web) as address:
        async with live(address) as page:
            await web.post(READING, say("one", language="en"), key="1")
            position = (await page.next())["id"]
        await web.post(READING, say("two", language="en"), key="2")
        await web.post(READING, say("three", language="en"), key="3")

        async with live(address, after=position) as page:
            assert [await page.next_text(), await page.next_text()] == ["two", "three"]


@pytest.mark.parametrize("position", ["0000-7", "nonsense", "-", "²-²"])
async def test_a_page_of_an_earlier_process_is_told_to_load_again(position: str) -> None:
    async with running(WebChat()) as address, live(address, after=position) as page:
        assert (await page.next())["event"] == "reload"


async def test_private_messages_reach_only_their_reader() -> None:
    web = WebChat()
    async with (
        running(web) as address,
        live(address, name="Ari") as ari,
        live(address, name="Bo") as bo,
    ):
        quiet = say("quiet", language="en", is_ephemeral=True)
        await web.post(READING, quiet, key="1", only_for=MemberId("ari"))
        direct = Place(ChannelId("dm:ari"), is_private=True)
        await web.post(direct, say("direct", language="en"), key="2")
        await web.post(READING, say("open", language="en"), key="3")

        assert [await ari.next_text() for _ in range(3)] == ["quiet", "direct", "open"]
        assert await bo.next_text() == "open"


async def test_stopping_ends_the_live_updates() -> None:
    web = WebChat()
    async with running(web) as address, live(address) as page:
        web.hub.close()

        assert await page.next() == {"end": "end"}


async def test_a_page_too_slow_is_cut_off_and_told_to_load_again() -> None:
    hub = Hub()
    with hub.subscribe(after="") as slow:
        for number in range(1000):
            hub.publish(ChannelId("reading"), {"number": number})

        seen = [change async for change in slow.changes(heartbeat_s=10) if change]
    with hub.subscribe(after=seen[0].position) as again:
        assert again.must_reload
    assert 0 < len(seen) < 1000


async def test_a_quiet_stream_sends_a_heartbeat() -> None:
    hub = Hub()
    with hub.subscribe(after="") as page:
        async for change in page.changes(heartbeat_s=0.001):
            assert change is None
            break


async def test_a_taken_port_is_one_clear_sentence() -> None:
    web = WebChat()
    async with running(web) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(PortTaken) as caught:
            await run_at("127.0.0.1", port)

    text = Texts.load().get("en", caught.value.message_key, **caught.value.values)
    assert str(port) in text


async def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(AddressUnusable):
        await run_at("192.0.2.1", 0, token="a-token-of-the-operator")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "chat.example"])
async def test_other_machines_are_let_in_only_with_a_token(host: str) -> None:
    with pytest.raises(TokenNeeded):
        await run_at(host, 0)


async def run_at(host: str, port: int, *, token: str = "") -> None:
    web = WebChat(token=token)
    stop = asyncio.Event()
    stop.set()
    await serve(
        web.app(),
        hub=web.hub,
        host=host,
        port=port,
        token=token,
        stop=stop,
        ready=lambda _: None,
    )
