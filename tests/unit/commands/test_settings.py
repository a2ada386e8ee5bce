"""/settings shows what a workspace chose and changes it, openly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.settings import MEANINGS, SettingsCommands, change, parse_emoji
from bot.domain.emoji import SAVE_EMOJI, SaveEmoji
from bot.domain.models import LOCAL, ChannelId, Place, WorkspaceId
from bot.domain.settings import WorkspaceSettings
from bot.errors import UsageError
from bot.posts import Select
from bot.services.feedback import FeedbackService
from tests.factories import GENERAL, make_command, make_press
from tests.fakes.digest_sources import FakeLinks, FakeSignals
from tests.fakes.platform import FakePlatform, Sent, words_of
from tests.fakes.talking import TEXTS, make_dispatcher
from tests.fakes.workspaces import FakeWorkspaces

DIRECT = Place(ChannelId("direct"), is_private=True, is_direct=True)


@dataclass
class Chat:
    workspaces: FakeWorkspaces = field(default_factory=FakeWorkspaces)
    platform: FakePlatform = field(default_factory=FakePlatform)
    acts: int = 0

    def __post_init__(self) -> None:
        feedback = FeedbackService(FakeLinks(), FakeSignals())  # type: ignore[arg-type]  # asks for no link
        commands = SettingsCommands(self.workspaces, feedback, language="ko", zone="Asia/Seoul")
        self._dispatcher = make_dispatcher(
            [commands.router], platform=self.platform, workspaces=self.workspaces
        )

    async def call(self, arguments: str = "", *, place: Place = GENERAL) -> list[Sent]:
        self.acts += 1
        known = len(self.platform.posts)
        event = f"call-{self.acts}"
        await self._dispatcher.dispatch(
            make_command("settings", arguments, event=event, place=place)
        )
        return self.platform.posts[known:]

    async def press(self, value: str) -> list[Sent]:
        known = len(self.platform.posts)
        await self._dispatcher.dispatch(make_press("settings", value))
        return self.platform.posts[known:]

    @property
    def settings(self) -> WorkspaceSettings:
        return self.workspaces.settings[LOCAL]


async def test_bare_it_shows_all_to_its_caller_alone() -> None:
    chat = Chat()

    (answer,) = await chat.call()

    words = words_of(answer.post)
    assert answer.only_for == "mina"
    assert "Language: default (한국어)" in words
    assert "Time zone: default (Asia/Seoul)" in words
    assert all(emoji in words for emoji in (*SAVE_EMOJI, "❌"))
    assert TEXTS.get("en", "settings.how") in words
    assert chat.settings == WorkspaceSettings()


async def test_a_change_is_shown_to_the_caller_and_told_to_the_channel() -> None:
    chat = Chat()

    shown, told = await chat.call("language:en zone:europe/berlin bookmark:⭐")

    assert chat.settings == WorkspaceSettings(
        language="en", zone="Europe/Berlin", emoji=SaveEmoji(bookmark="⭐")
    )
    assert shown.only_for == "mina"
    assert told.only_for is None
    assert words_of(told.post) == (
        "⚙️ Mina changed the settings — "
        "Language: English · Time zone: Europe/Berlin · Emoji to save: ⭐"
    )


class SlowWorkspaces(FakeWorkspaces):
    async def change_settings(
        self, workspace: WorkspaceId, change: Callable[[WorkspaceSettings], WorkspaceSettings]
    ) -> WorkspaceSettings:
        await asyncio.sleep(0)
        return await super().change_settings(workspace, change)


async def test_two_changes_at_once_both_stand() -> None:
    chat = Chat(SlowWorkspaces())

    await asyncio.gather(chat.call("zone:utc"), chat.call("language:en"))

    assert chat.settings == WorkspaceSettings(language="en", zone="UTC")


async def test_what_holds_for_all_is_changed_where_others_see_it() -> None:
    chat = Chat()

    (refusal,) = await chat.call("zone:utc", place=DIRECT)

    assert refusal.only_for == "mina"
    assert "in a channel" in words_of(refusal.post)
    assert chat.settings.zone == ""


async def test_the_menu_changes_the_language() -> None:
    chat = Chat()
    (answer,) = await chat.call()
    (menu,) = [block for block in answer.post.blocks if isinstance(block, Select)]
    assert menu.chosen == "language auto"
    assert [label for label, _ in menu.choices] == [
        "Language: 한국어",
        "Language: English",
        "Language: automatic",
    ]

    await chat.press("language en")
    assert chat.settings.language == "en"

    (answer,) = await chat.call()
    (menu,) = [block for block in answer.post.blocks if isinstance(block, Select)]
    assert menu.chosen == "language en"


@pytest.mark.parametrize("value", ["", "zone UTC", "language", "language fr", "nonsense"])
async def test_an_unknown_choice_changes_nothing(value: str) -> None:
    chat = Chat()

    (answer,) = await chat.press(value)

    assert answer.only_for == "mina"
    assert chat.settings == WorkspaceSettings()


async def test_a_reset_puts_everything_back() -> None:
    chat = Chat()
    await chat.call("language:en zone:UTC undo:🗑️")

    _, told = await chat.call("reset:yes")

    assert chat.settings == WorkspaceSettings()
    assert TEXTS.get("en", "settings.everything") in words_of(told.post)


async def test_auto_follows_the_operator_again() -> None:
    chat = Chat()
    await chat.call("language:en zone:UTC")

    await chat.call("language:auto zone:auto")

    assert chat.settings == WorkspaceSettings()


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("language:fr", "settings.bad_language"),
        ("zone:Mars/Olympus", "schedule.bad_zone"),
        ("bookmark:star", "settings.no_emoji"),
        ("bookmark:⭐⭐", "settings.no_emoji"),
        ("bookmark:⭐x", "settings.no_emoji"),
        ("bookmark:7", "settings.no_emoji"),
        ("bookmark:👀", "settings.our_mark"),
        ("undo:✅", "settings.our_mark"),
        ("paper:⚠", "settings.our_mark"),
        ("paper::eyes:", "settings.our_mark"),
        ("bookmark:❌", "settings.same_emoji"),
        ("paper:⭐ news:⭐", "settings.same_emoji"),
        ("paper:👩‍💻", "settings.same_emoji"),
        ("reset:no", "settings.bad_reset"),
        ("english", "settings.unknown_word"),
        ("colour:red", "option.unknown"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence(typed: str, key: str) -> None:
    chat = Chat()

    (answer,) = await chat.call(typed)

    assert answer.only_for == "mina"
    beginning = TEXTS.sentences("en")[key].rpartition("}")[2][-20:]
    assert words_of(answer.post).endswith(beginning)
    assert chat.settings == WorkspaceSettings()


async def test_two_meanings_can_change_places() -> None:
    chat = Chat()

    await chat.call("paper:🤪 fun:📜")

    assert (chat.settings.emoji.paper, chat.settings.emoji.fun) == ("🤪", "📜")


@pytest.mark.parametrize(
    ("typed", "emoji"),
    [
        ("⭐", "⭐"),
        ("👍🏽", "👍"),
        ("🧑🏿‍💻", "🧑‍💻"),
        ("🇰🇷", "🇰🇷"),
        ("❤️", "❤️"),
        (":bookmark:", "🔖"),
        (":+1:", "👍"),
        (":jubo-save:", ":jubo-save:"),
        ("<:jubo:123456789012345678>", ":jubo:"),
        ("<a:dance:123456789012345678>", ":dance:"),
    ],
)
def test_an_emoji_is_one_thing_however_it_is_typed(typed: str, emoji: str) -> None:
    assert parse_emoji(typed) == emoji


@given(
    st.dictionaries(
        st.sampled_from(MEANINGS), st.text(max_size=6) | st.sampled_from("⭐🔖📜🤪❌👀")
    )
)
def test_after_any_change_that_is_taken_every_emoji_means_one_thing(asked: dict[str, str]) -> None:
    try:
        emoji = change(WorkspaceSettings(), asked).emoji
    except UsageError:
        return

    for meaning in ("paper", "dev", "news", "fun"):
        assert emoji.kind_of(getattr(emoji, meaning)) == meaning
    assert emoji.kind_of(emoji.bookmark) is None
    assert not emoji.saves(emoji.undo)


def test_what_is_not_asked_for_stays() -> None:
    before = WorkspaceSettings(language="en", zone="UTC", emoji=SaveEmoji(undo="🗑️"))

    assert change(before, {"zone": "Asia/Tokyo"}) == replace(before, zone="Asia/Tokyo")
