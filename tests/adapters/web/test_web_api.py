from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from bot.domain.models import LOCAL, MemberId, MessageId, Place
from bot.domain.models import ChannelId as Channel
from bot.events import ButtonPressed, CommandCalled, MessagePosted, ReactionAdded, ReactionRemoved
from bot.ports import Lane
from bot.posts import Anchor, Button, Buttons, Paragraph, Picture, Post, Text, say
from tests.fakes.web_chat import WebChat

READING = Place(Channel("reading"))


@pytest.fixture
def web() -> WebChat:
    return WebChat()


@pytest.fixture
async def page(web: WebChat) -> AsyncIterator[httpx.AsyncClient]:
    async with web.client() as client:
        yield client


async def send(
    page: httpx.AsyncClient,
    text: str,
    *,
    channel: str = "reading",
    act: str = "act-00001",
    **more: str,
) -> httpx.Response:
    body = {"id": act, "text": text, **more}
    return await page.post(f"/api/channels/{quote(channel)}/messages", json=body)


async def listed(page: httpx.AsyncClient, channel: str = "reading") -> list[dict[str, Any]]:
    answer = await page.get(f"/api/channels/{quote(channel)}/messages")
    return list(answer.json()["messages"])


async def test_a_message_is_kept_and_put_in_the_inbox_before_the_answer(
    web: WebChat, page: httpx.AsyncClient
) -> None:
    answer = await send(page, "look: https://example.org/a")

    assert answer.status_code == 202
    [event] = web.inbox.events
    assert isinstance(event, MessagePosted)
    assert (event.workspace, event.place, event.member) == (LOCAL, READING, "me")
    assert (event.text, event.is_for_bot) == ("look: https://example.org/a", False)
    assert (await web.chat.get(event.message)).text == event.text
    assert web.wakes == 1


async def test_sending_the_same_act_twice_changes_nothing(
    web: WebChat, page: httpx.AsyncClient
) -> None:
    first = await send(page, "hello")
    second = await send(page, "hello")

    assert first.json() == second.json()
    assert len(await listed(page)) == 1
    assert len(web.inbox.events) == web.wakes == 1


async def test_the_same_act_id_of_two_members_makes_two_messages(web: WebChat) -> None:
    for name in ("Ari", "Bo"):
        async with web.client(name=name) as page:
            await send(page, "hello")

    assert [event.member for event in web.inbox.events] == ["ari", "bo"]


async def test_an_act_that_stopped_between_log_and_inbox_is_completed_by_the_second_try(
    web: WebChat, page: httpx.AsyncClient
) -> None:
    await send(page, "hello")
    web.inbox = type(web.inbox)()  # as if the row had never been committed

    async with web.client() as again:
        await send(again, "hello")

    assert len(web.inbox.events) == 1
    assert len(await listed(page)) == 1


@pytest.mark.parametrize(
    ("text", "is_for_bot"),
    [
        ("@jubo what is RAG?", True),
        ("@Jubo, hello", True),
        ("@주보에게 물어봐요", True),
        ("안녕 @주보", True),
        ("@jubooks is a shop", False),
        ("write to team@jubo", False),
        ("hello", False),
    ],
)
async def test_a_mention_speaks_to_the_bot(
    web: WebChat, page: httpx.AsyncClient, text: str, is_for_bot: bool
) -> None:
    answer = await send(page, text)

    [event] = web.inbox.events
    assert isinstance(event, MessagePosted)
    assert event.is_for_bot is answer.json()["awaitsAnswer"] is is_for_bot


async def test_the_direct_channel_is_private_and_speaks_to_the_bot(web: WebChat) -> None:
    async with web.client(name="Ari") as ari:
        await send(ari, "what is RAG?", channel="dm:ari")
    async with web.client(name="Bo") as bo:
        refused = await bo.get("/api/channels/dm:ari/messages")

    [event] = web.inbox.events
    assert isinstance(event, MessagePosted)
    assert event.place == Place(Channel("dm:ari"), is_private=True, is_direct=True)
    assert event.is_for_bot
    assert refused.status_code == 404


async def test_a_reply_under_a_post_of_ours_speaks_to_the_bot(
    web: WebChat, page: httpx.AsyncClient
) -> None:
    head = await web.post(READING, say("hello", language="en"), key="k")

    await send(page, "and then?", thread=head)

    [event] = web.inbox.events
    assert isinstance(event, MessagePosted)
    assert (event.thread, event.is_for_bot) == (head, True)


async def test_a_reply_between_people_does_not_speak_to_the_bot(
    web: WebChat, page: httpx.AsyncClient
) -> None:
    head = (await send(page, "hello")).json()["message"]["id"]

    await send(page, "hi", thread=head, act="act-00002")

    event = web.inbox.events[-1]
    assert isinstance(event, MessagePosted)
    assert (event.thread, event.is_for_bot) == (head, False)


async def test_a_leading_slash_calls_a_command(web: WebChat, page: httpx.AsyncClient) -> None:
    await send(page, "/Digest  2025-W02 weekly ")

    [event] = web.inbox.events
    assert isinstance(event, CommandCalled)
    assert (event.name, event.arguments, event.language) == ("digest", "2025-W02 weekly", "en")


async def test_what_is_typed_as_a_command_only_its_caller_sees(
    web: WebChat, page: httpx.AsyncClient
) -> None:
    await send(page, "/ask something private")

    async with web.client(name="Bo") as bo:
        assert await listed(bo) == []
    assert [each["isOnlyYours"] for each in await listed(page)] == [True]


async def test_a_path_is_no_command(web: WebChat, page: httpx.AsyncClient) -> None:
    await send(page, "/usr/bin/env is a file")

    assert isinstance(web.inbox.events[0], MessagePosted)


async def test_a_reaction_carries_the_words_it_was_given_to(
    web: WebChat, page: httpx.AsyncClient
) -> None:
    message = (await send(page, "https://example.org/a and https://example.org/b")).json()[
        "message"
    ]
    await page.post(
        f"/api/messages/{message['id']}/reactions",
        json={"id": "act-00002", "emoji": "👩🏽‍💻", "isOn": True},
    )

    event = web.inbox.events[-1]
    assert isinstance(event, ReactionAdded)
    assert event.message_text == "https://example.org/a and https://example.org/b"
    assert event.emoji == "👩‍💻"  # no skin tone
    assert (await listed(page))[0]["reactions"] == [{"emoji": "👩‍💻", "who": ["me"]}]


async def test_a_reaction_to_a_post_carries_its_links(
    web: WebChat, page: httpx.AsyncClient
) -> None:
    post = Post((Paragraph((Text("see "), Anchor("the paper", "https://example.org/p"))),))
    head = await web.post(READING, post, key="k")

    await page.post(f"/api/messages/{head}/reactions", json={"id": "act-00001", "emoji": "🔖"})

    [event] = web.inbox.events
    assert isinstance(event, ReactionAdded)
    assert "https://example.org/p" in event.message_text


async def test_taking_a_reaction_back_is_told(web: WebChat, page: httpx.AsyncClient) -> None:
    message = (await send(page, "https://example.org/a")).json()["message"]["id"]
    url = f"/api/messages/{message}/reactions"
    await page.post(url, json={"id": "act-00002", "emoji": "🔖", "isOn": True})
    await page.post(url, json={"id": "act-00003", "emoji": "🔖", "isOn": False})

    event = web.inbox.events[-1]
    assert isinstance(event, ReactionRemoved)
    assert (event.message, event.emoji) == (message, "🔖")
    assert (await listed(page))[0]["reactions"] == []


async def test_a_clock_that_is_set_back_disorders_no_talk(
    web: WebChat, page: httpx.AsyncClient
) -> None:
    await send(page, "@jubo first", act="act-00001")
    web.clock.move(hours=-1)
    await send(page, "@jubo second", act="act-00002")
    await web.post(READING, say("an answer", language="en"), key="answer")
    await send(page, "@jubo first", act="act-00001")  # its answer was lost on the way

    shown = await web.chat.list_messages("reading", limit=9)
    assert [each.text for each in shown] == ["@jubo first", "@jubo second", ""]
    rows = await web.inbox.list_open(lane=Lane.TALK, limit=9)
    assert [row.event.id.rpartition(":")[2] for row in rows] == ["act-00001", "act-00002"]


async def test_a_late_repeat_of_a_reaction_does_not_bring_it_back(
    web: WebChat, page: httpx.AsyncClient
) -> None:
    message = (await send(page, "https://example.org/a")).json()["message"]["id"]
    url = f"/api/messages/{message}/reactions"
    first = {"id": "act-00002", "emoji": "🔖", "isOn": True}
    await page.post(url, json=first)
    await page.post(url, json={"id": "act-00003", "emoji": "🔖", "isOn": False})

    repeated = await page.post(url, json=first)

    assert repeated.status_code == 202
    assert (await listed(page))[0]["reactions"] == []
    assert isinstance(web.inbox.events[-1], ReactionRemoved)


async def test_a_button_gives_back_its_value(web: WebChat, page: httpx.AsyncClient) -> None:
    post = Post((Buttons((Button("More", "links.more", "20"),)),))
    head = await web.post(READING, post, key="k")
    url = f"/api/messages/{head}/buttons"

    pressed = {"action": "links.more", "value": "20"}
    answers = [
        await page.post(url, json={"id": act, **pressed}) for act in ("act-00001", "act-00001")
    ]
    forged = await page.post(url, json={"id": "act-00002", "action": "links.more", "value": "99"})

    assert [each.status_code for each in answers] == [202, 202]
    [event] = web.inbox.events
    assert isinstance(event, ButtonPressed)
    assert (event.message, event.action, event.value) == (head, "links.more", "20")
    assert forged.status_code == 404


async def test_an_answer_for_one_member_is_seen_by_no_other(web: WebChat) -> None:
    post = say("for you", language="en", is_ephemeral=True)
    message = await web.post(READING, post, key="k", only_for=MemberId("ari"))

    async with web.client(name="Ari") as ari, web.client(name="Bo") as bo:
        assert len(await listed(ari)) == 1
        assert await listed(bo) == []
        reaction = {"id": "act-00001", "emoji": "👍"}
        refused = await bo.post(f"/api/messages/{message}/reactions", json=reaction)
        thread = await send(ari, "why?", thread=message)
    assert refused.status_code == 404
    assert thread.status_code == 400


async def test_an_answer_under_a_message_of_one_member_is_seen_by_no_other(web: WebChat) -> None:
    for_ari = say("for you", language="en", is_ephemeral=True)
    head = await web.post(READING, for_ari, key="k", only_for=MemberId("ari"))

    await web.post(READING, say("about it", language="en"), key="k2", thread=head)

    async with web.client(name="Ari") as ari, web.client(name="Bo") as bo:
        assert len(await listed(ari)) == 2
        assert await listed(bo) == []


async def test_a_private_post_without_its_reader_is_not_sent_at_all(web: WebChat) -> None:
    with pytest.raises(ValueError, match="ephemeral"):
        await web.post(READING, say("x", language="en", is_ephemeral=True), key="k")


async def test_a_post_with_the_same_key_is_sent_once(web: WebChat, page: httpx.AsyncClient) -> None:
    post = Post(
        say("head", language="en").blocks,
        thread=(say("first", language="en"), say("second", language="en")),
    )

    first = await web.post(READING, post, key="delivery-7")
    second = await web.post(READING, post, key="delivery-7")

    assert first == second
    assert [each["thread"] for each in await listed(page)] == [None, first, first]


async def test_a_picture_is_served_as_a_picture(web: WebChat, page: httpx.AsyncClient) -> None:
    head = await web.post(READING, Post((Picture("c.png", "a chart", b"\x89PNG"),)), key="k")
    [message] = await listed(page)
    [block] = message["blocks"]

    picture = await page.get(block["url"])
    missing = await page.get(f"/media/{head}/{'0' * 32}.png")

    assert picture.content == b"\x89PNG"
    assert picture.headers["content-type"] == "image/png"
    assert "immutable" in picture.headers["cache-control"]
    assert missing.status_code == 404


async def test_two_tabs_with_two_names_are_two_members(web: WebChat) -> None:
    async with web.client(name=quote("민지")) as minji, web.client() as nobody:
        assert (await minji.get("/api/start")).json()["me"] == {"id": "민지", "name": "민지"}
        assert (await nobody.get("/api/start")).json()["me"] == {"id": "me", "name": "guest"}


@pytest.mark.parametrize("name", ["a/b", "..", "a?b#c", "100%"])
async def test_every_name_has_its_direct_channel(web: WebChat, name: str) -> None:
    async with web.client(name=quote(name, safe="")) as page:
        channel = quote(f"dm:{name}", safe="")
        body = {"id": "act-00001", "text": "hello"}

        said = await page.post(f"/api/channels/{channel}/messages", json=body)
        seen = await page.get(f"/api/channels/{channel}/messages")

    assert said.status_code == 202
    assert len(seen.json()["messages"]) == 1


async def test_a_name_is_remembered_for_the_next_tab(page: httpx.AsyncClient) -> None:
    await page.post("/api/name", json={"name": "  민지\u202e\u0007 "})

    assert (await page.get("/api/start")).json()["me"]["name"] == "민지"


@pytest.mark.parametrize("name", ["Jubo", "주보", "ｊｕｂｏ", " jubo "])
async def test_nobody_takes_our_name(page: httpx.AsyncClient, name: str) -> None:
    assert (await page.post("/api/name", json={"name": name})).status_code == 409


async def test_the_page_speaks_the_browsers_language(page: httpx.AsyncClient) -> None:
    korean = await page.get("/api/start", headers={"Accept-Language": "ko-KR,en;q=0.5"})
    english = await page.get("/api/start", headers={"Accept-Language": "fr, en;q=0.5"})

    assert korean.json()["texts"]["send"] == "보내기"
    assert english.json()["texts"]["send"] == "Send"
    assert all(command["help"] for command in korean.json()["commands"])


async def test_a_question_of_ten_thousand_characters_is_taken(
    web: WebChat, page: httpx.AsyncClient
) -> None:
    answer = await send(page, "@주보 " + "가" * 10_000)

    assert answer.status_code == 202
    assert len(web.inbox.events) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"id": "act-00001"}', 400),
        (b'{"id": "act-00001", "text": 7}', 400),
        (b'{"id": "x", "text": "hello"}', 400),
        (b'{"id": "act-00001", "text": "  "}', 400),
        (b'{"id": "act-00001", "text": "\\ud800"}', 400),
        (b'{"id": "act-00001", "text": "hello", "thread": "nowhere"}', 404),
        (b"[" * 50_000, 400),
        (b'{"id": "act-00001", "text": "' + b"a" * 70_000 + b'"}', 413),
    ],
)
async def test_a_bad_request_is_one_sentence_and_keeps_nothing(
    web: WebChat, page: httpx.AsyncClient, body: bytes, status: int
) -> None:
    answer = await page.post(
        "/api/channels/reading/messages",
        content=body,
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert web.inbox.events == []
    assert await listed(page) == []


@pytest.mark.parametrize(
    "emoji", ["", "word", "<b>", "🔖" * 20, "🔖 🔖", "<!>", "@everyone!", "🔖x"]
)
async def test_only_an_emoji_is_a_reaction(page: httpx.AsyncClient, emoji: str) -> None:
    message = (await send(page, "hello")).json()["message"]["id"]

    body = {"id": "act-00002", "emoji": emoji}
    assert (await page.post(f"/api/messages/{message}/reactions", json=body)).status_code == 400


async def test_an_unknown_channel_or_message_is_not_found(page: httpx.AsyncClient) -> None:
    reaction = {"id": "act-00001", "emoji": "👍"}

    assert (await send(page, "hello", channel="nowhere")).status_code == 404
    unknown = await page.post(f"/api/messages/{MessageId('x')}/reactions", json=reaction)
    assert unknown.status_code == 404
