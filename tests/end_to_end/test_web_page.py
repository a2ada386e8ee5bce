"""The page of the web chat in a real browser, over a core that is just big enough to answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from adapters.web.server import serve
from bot.domain.models import LOCAL, ChannelId, MemberId, MessageId, Place
from bot.events import ButtonPressed, MessagePosted, ReactionAdded
from bot.ports import Target
from bot.posts import Anchor, Fold, Paragraph, Post, Select, Text, say
from tests.fakes.browser import axe_findings, open_browser, open_page
from tests.fakes.tiny_core import TinyCore, seed
from tests.fakes.web_chat import WebChat

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),  # a browser on a busy machine
]

READING = Place(ChannelId("reading"))
NEWEST = MessageId("seed2")
ARI = MemberId("ari")


class Site:
    """A running chat: `web` is its inside, `address` its outside."""

    def __init__(self, web: WebChat, address: str) -> None:
        self.web = web
        self.address = address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[Site]:
    web = WebChat()
    await seed(web)
    stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        core = tasks.create_task(TinyCore(web).run())
        tasks.create_task(
            serve(
                web.app(),
                hub=web.hub,
                host="127.0.0.1",
                port=0,
                token="",
                stop=stop,
                ready=address.set_result,
            )
        )
        yield Site(web, await address)
        stop.set()
        core.cancel()


async def say_in(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.press("#text", "Escape")
    await page.press("#text", "Enter")


async def test_a_member_saves_by_reacting_and_takes_it_back(browser: Browser, site: Site) -> None:
    async with open_page(browser, site.address) as page:
        message = page.locator("[data-id=seed2]")
        await message.hover()
        await message.get_by_role("button", name="Add a reaction").click()
        await page.get_by_role("button", name="🔖 Save").click()
        await expect(message.get_by_role("button", name="✅")).to_be_visible()

        await message.get_by_role("button", name="🔖").click()
        await expect(message.locator(".reaction")).to_have_count(0)

    added = site.web.inbox.events[0]
    assert isinstance(added, ReactionAdded)
    assert "https://dev.example.org/finetune" in added.message_text


async def test_a_double_click_on_a_reaction_counts_once(browser: Browser, site: Site) -> None:
    await site.web.chat.add_reaction(NEWEST, "👍", ARI)
    async with open_page(browser, site.address) as page:
        await page.locator("[data-id=seed2] .reaction").dblclick()
        await expect(page.locator("[data-id=seed2] .reaction-count")).to_have_text("2")


async def test_the_digest_opens_with_its_chart_and_its_thread(browser: Browser, site: Site) -> None:
    async with open_page(browser, site.address, language="ko") as page:
        await say_in(page, "/digest")
        chart = page.locator(".picture img")
        await expect(chart).to_be_visible()
        assert await chart.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480

        await page.get_by_role("button", name="답글 2개").click()
        thread = page.get_by_role("complementary", name="스레드")
        await expect(thread.locator(".message")).to_have_count(3)
        await page.keyboard.press("Escape")
        await expect(thread).to_be_hidden()


async def test_a_long_post_is_shown_from_its_beginning(browser: Browser, site: Site) -> None:
    async with open_page(browser, site.address, width=390) as page:
        await say_in(page, "/digest")
        heading = page.get_by_role("heading", name="3월 첫째 주 주보")
        await page.locator(".picture img").evaluate("image => image.decode()")

        await expect(heading).to_be_in_viewport()


async def test_an_answer_cites_with_a_link_that_opens_elsewhere(
    browser: Browser, site: Site
) -> None:
    async with open_page(browser, site.address) as page:
        await say_in(page, "/ask how is RAG evaluated?")
        link = page.locator(".from-bot a").first

        await expect(link).to_have_attribute("href", "https://papers.example.org/rag-eval")
        assert await link.get_attribute("target") == "_blank"
        assert await link.get_attribute("rel") == "noopener noreferrer nofollow"


async def test_what_is_sent_while_a_message_is_on_its_way_follows_it(
    browser: Browser, site: Site
) -> None:
    async with open_page(browser, site.address) as page:
        held: asyncio.Future[Route] = asyncio.get_running_loop().create_future()

        def hold(route: Route) -> None:
            held.set_result(route)

        await page.route("**/api/channels/*/messages", hold, times=1)
        await say_in(page, "one")
        slow = await held
        await say_in(page, "two")
        await slow.continue_()

        said = page.locator(".message .message-body")
        await expect(said.last).to_contain_text("two")
        heard = [each for each in site.web.inbox.events if isinstance(each, MessagePosted)]
        assert [each.text for each in heard] == ["one", "two"]
        await expect(page.locator("#text")).to_have_value("")


async def test_the_page_says_that_the_bot_is_at_work_until_it_answers(
    browser: Browser, site: Site
) -> None:
    async with open_page(browser, site.address) as page:
        site.web.on_event = lambda: None  # the core sleeps
        await say_in(page, "@jubo are you there?")
        await expect(page.locator(".working")).to_contain_text("Jubo is looking into it")
        await expect(page.locator("#announcer")).to_contain_text("Jubo is looking into it")

        await site.web.post(READING, say("Here I am.", language="en"), key="late")
        await expect(page.locator(".working")).to_be_empty()
        await expect(page.locator("#announcer")).to_contain_text("Jubo: Here I am.")


async def test_commands_are_completed_by_keyboard(browser: Browser, site: Site) -> None:
    async with open_page(browser, site.address) as page:
        await page.focus("#text")
        await page.keyboard.type("/")
        await expect(page.get_by_role("option")).to_have_count(5)
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        await expect(page.get_by_role("option", selected=True)).to_contain_text("/links")
        await page.keyboard.press("Tab")

        await expect(page.locator("#text")).to_have_value("/links ")
        await expect(page.get_by_role("option")).to_have_count(0)
        await expect(page.locator("#text-keys")).to_contain_text("/links [")


async def test_everything_is_reached_by_keyboard(browser: Browser, site: Site) -> None:
    async with open_page(browser, site.address) as page:
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the messages")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")  # past the link in the first message
        await expect(page.locator("[data-id=seed0] [data-act=react]")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Enter")

        await expect(page.locator("[data-id=seed0] .reaction")).to_contain_text("📜")
        await expect(page.locator("[data-id=seed0] [data-act=react]")).to_be_focused()


async def test_escape_closes_the_picker_and_gives_the_focus_back(
    browser: Browser, site: Site
) -> None:
    async with open_page(browser, site.address) as page:
        opener = page.locator("[data-id=seed0] [data-act=react]")
        await opener.focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog", name="Choose an emoji")).to_be_visible()
        await page.keyboard.press("Escape")

        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(opener).to_be_focused()


async def test_a_button_answers_only_who_pressed_it(browser: Browser, site: Site) -> None:
    async with (
        open_page(browser, site.address, name="Ari") as ari,
        open_page(browser, site.address, name="Bo") as bo,
    ):
        await say_in(ari, "/digest")
        await ari.get_by_role("button", name="지난주").click()
        await expect(ari.locator("#messages").get_by_text("pressed 2026-W08")).to_be_visible()
        await expect(ari.get_by_text("Only you see this").last).to_be_visible()

        await expect(bo.get_by_role("heading", name="3월 첫째 주 주보")).to_be_visible()
        await expect(bo.get_by_text("pressed 2026-W08")).to_have_count(0)
    assert any(isinstance(event, ButtonPressed) for event in site.web.inbox.events)


async def post_menu(site: Site, *, chosen: str = "language ko") -> None:
    choices = (("한국어", "language ko"), ("English", "language en"), ("자동", "language auto"))
    menu = Select("언어 바꾸기", "settings", choices, chosen=chosen)
    post = Post((Paragraph((Text("이 워크스페이스의 설정"),)), menu), language="ko")
    await site.web.post(READING, post, key="menu")


async def test_a_choice_from_a_menu_is_a_press(browser: Browser, site: Site) -> None:
    async with open_page(browser, site.address) as page:
        await post_menu(site)
        menu = page.get_by_label("언어 바꾸기")
        await expect(menu).to_have_value("language ko")

        await menu.select_option("English")
        await expect(page.locator("#messages").get_by_text("pressed language en")).to_be_visible()

    [event] = site.web.inbox.events
    assert isinstance(event, ButtonPressed)
    assert (event.action, event.value) == ("settings", "language en")


async def test_a_menu_that_was_opened_by_keyboard_takes_the_choice_at_once(
    browser: Browser, site: Site
) -> None:
    async with open_page(browser, site.address) as page:
        await post_menu(site)
        await page.get_by_label("언어 바꾸기").focus()
        for key in ("Space", "ArrowDown", "Enter"):
            await page.keyboard.press(key)

        await expect(page.locator("#messages").get_by_text("pressed language en")).to_be_visible()


async def test_a_menu_waits_for_the_end_of_a_choice_by_keyboard(
    browser: Browser, site: Site
) -> None:
    async with open_page(browser, site.address) as page:
        await post_menu(site, chosen="")
        menu = page.get_by_label("언어 바꾸기")
        await menu.focus()
        await page.keyboard.type("Eng")  # changes a closed menu at once
        await page.keyboard.type("자")
        assert site.web.inbox.events == []

        await page.keyboard.press("Tab")
        pressed = page.locator("#messages").get_by_text("pressed language")
        await expect(pressed).to_have_count(1)

    assert len(site.web.inbox.events) == 1


async def test_what_is_edited_is_shown_at_once_and_read_out(browser: Browser, site: Site) -> None:
    async with open_page(browser, site.address) as page:
        message = await site.web.post(READING, say("making a digest", language="en"), key="k")
        messages = page.locator("#messages")
        await expect(messages.get_by_text("making a digest")).to_be_visible()
        more = Fold((Text("Details"),), (Paragraph((Text("all of it"),)),))
        half, whole = (Post((Paragraph((Text(each),)), more)) for each in ("half", "whole"))
        here = Target(LOCAL, READING)
        await site.web.posting.edit(here, message, half)
        await page.get_by_text("Details", exact=True).click()

        await site.web.posting.edit(here, message, whole)

        await expect(messages.get_by_text("whole")).to_be_visible()
        await expect(messages.get_by_text("all of it")).to_be_visible()
        await expect(messages.get_by_text("half")).to_have_count(0)
        await expect(page.locator("#announcer")).to_contain_text("whole")


async def test_two_tabs_talk_to_each_other(browser: Browser, site: Site) -> None:
    async with (
        open_page(browser, site.address, name="Ari") as ari,
        open_page(browser, site.address, name="Bo") as bo,
    ):
        await bo.get_by_role("button", name="random").click()
        await say_in(ari, "see https://example.org/new")
        await expect(bo.get_by_role("button", name="reading Unread messages: 1")).to_be_visible()
        await bo.get_by_role("button", name="reading").click()

        await expect(bo.get_by_role("link", name="https://example.org/new")).to_be_visible()


async def test_what_people_write_is_never_markup(browser: Browser, site: Site) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(1)</script> javascript:alert(1)"
    async with open_page(browser, site.address) as page:
        await say_in(page, hostile)
        post = Post((Paragraph((Text(hostile), Anchor("click", "javascript:alert(1)"))),))
        await site.web.post(READING, post, key="k")

        await expect(page.locator("#messages").get_by_text(hostile)).to_have_count(2)
        assert await page.locator("#messages script, #messages img[src=x]").count() == 0
        assert await page.locator("#messages a[href^='javascript']").count() == 0


async def test_enter_that_ends_a_hangul_syllable_sends_nothing(
    browser: Browser, site: Site
) -> None:
    async with open_page(browser, site.address) as page:
        await page.fill("#text", "안녕")
        await page.dispatch_event("#text", "keydown", {"key": "Enter", "isComposing": True})
        assert site.web.inbox.events == []

        await page.press("#text", "Enter")
        await expect(page.locator("#text")).to_have_value("")
    [event] = site.web.inbox.events
    assert isinstance(event, MessagePosted)


async def test_language_and_brightness_are_chosen_and_kept(browser: Browser, site: Site) -> None:
    async with open_page(browser, site.address) as page:
        await page.get_by_role("button", name="Settings").click()
        await page.get_by_text("Dark", exact=True).click()
        await page.get_by_text("한국어").click()
        await page.wait_for_selector("html[lang=ko] #messages li")

        await expect(page.get_by_role("button", name="보내기")).to_be_visible()
        assert await page.evaluate("document.documentElement.dataset.theme") == "dark"


async def test_the_drawer_of_a_phone_takes_the_focus_and_closes_with_escape(
    browser: Browser, site: Site
) -> None:
    async with open_page(browser, site.address, width=390) as page:
        await page.emulate_media(reduced_motion="no-preference")  # it glides in
        await page.get_by_role("button", name="Open the channel list").click()
        await expect(page.get_by_role("button", name="Close the channel list")).to_be_focused()

        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Open the channel list")).to_be_focused()


async def test_a_name_makes_another_member(browser: Browser, site: Site) -> None:
    async with open_page(browser, site.address) as page:
        await page.get_by_role("button", name="Settings").click()
        await page.get_by_label("Your name in this tab").fill("민지")
        await page.get_by_role("button", name="Change name").click()
        await page.wait_for_selector(".me-name:text('민지')")
        await say_in(page, "hello")
        await expect(page.locator(".message .name").last).to_have_text("민지")

    assert [event.member for event in site.web.inbox.events] == ["민지"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_nothing(browser: Browser, site: Site, theme: str, width: int) -> None:
    async with open_page(browser, site.address, theme=theme, width=width, language="ko") as page:
        findings = {"start": await axe_findings(page)}
        await page.fill("#text", "/")
        findings["completion"] = await axe_findings(page)
        await say_in(page, "/digest")
        await say_in(page, "@주보 RAG 평가는?")
        await post_menu(site)
        await expect(page.locator(".from-bot")).to_have_count(3)
        await page.locator("[data-id=seed1] [data-act=react]").click()
        findings["picker"] = await axe_findings(page)
        await page.get_by_role("button", name="🔖 저장").click()
        await expect(page.locator("[data-id=seed1] .reaction")).to_have_count(2)
        findings["chat"] = await axe_findings(page)
        await page.get_by_role("button", name="답글 2개").click()
        findings["thread"] = await axe_findings(page)
        await page.keyboard.press("Escape")
        if width < 720:
            await page.get_by_role("button", name="채널 목록 열기").click()
        await page.get_by_role("button", name="설정").click()
        findings["settings"] = await axe_findings(page)

    assert findings == {each: [] for each in findings}
