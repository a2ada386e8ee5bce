"""What the link store promises about saves: one link for all spellings, gone with its last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.models import (
    LOCAL,
    ChannelId,
    Kind,
    LinkFilter,
    MemberId,
    MessageId,
    PageState,
    Passage,
    Place,
    UndoOutcome,
    WorkspaceId,
)
from bot.domain.urls import InvalidUrl
from bot.domain.visibility import OPERATOR, Audience
from storage import SqlStorage
from tests.factories import (
    MINA,
    NOON,
    PAPER_URL,
    make_page,
    make_save,
    make_understanding,
)

SECRET = Place(ChannelId("secret"), is_private=True)
EVERYONE = Audience()


async def undo(
    storage: SqlStorage,
    *,
    member: str = MINA,
    message: str = "message-1",
    emoji: str | None = "📜",
    is_rehearsal: bool = False,
) -> UndoOutcome:
    return await storage.links.undo_saves(
        LOCAL,
        member=MemberId(member),
        message=MessageId(message),
        emoji=emoji,
        is_rehearsal=is_rehearsal,
    )


async def test_a_first_save_makes_the_link(storage: SqlStorage) -> None:
    outcome = await storage.links.save(make_save(title="Queues", who="Lab", note="read me"))

    assert outcome.earlier == ()
    link = outcome.link
    assert (link.url, link.title, link.kind, link.who) == (PAPER_URL, "Queues", Kind.PAPER, "Lab")
    assert (link.state, link.text, link.summary) == (PageState.WAITING, "", None)
    [save] = link.saves
    assert (save.member_name, save.emoji, save.note, save.saved_at) == (
        "Mina",
        "📜",
        "read me",
        NOON,
    )


async def test_the_same_save_again_changes_nothing(storage: SqlStorage) -> None:
    first = await storage.links.save(make_save())

    again = await storage.links.save(make_save(title="Other", saved_at=NOON + timedelta(days=1)))

    assert again.save == first.save
    assert again.link == first.link


async def test_all_spellings_lead_to_one_link(storage: SqlStorage) -> None:
    first = await storage.links.save(make_save("http://arxiv.org/pdf/2401.00001v2"))
    second = await storage.links.save(
        make_save(f"{PAPER_URL}?utm_source=feed", member="jun", member_name="Jun")
    )

    assert second.link.id == first.link.id
    assert second.link.url == PAPER_URL
    assert second.link.url_as_saved == "http://arxiv.org/pdf/2401.00001v2"
    for spelling in (PAPER_URL, "arxiv.org/abs/2401.00001", "http://arxiv.org/pdf/2401.00001v2"):
        found = await storage.links.find(LOCAL, spelling, audience=EVERYONE)
        assert found == second.link


async def test_who_saved_it_earlier_is_told_oldest_first(storage: SqlStorage) -> None:
    day = timedelta(days=1)
    await storage.links.save(make_save(member="jun", member_name="Jun", saved_at=NOON))
    await storage.links.save(make_save(member="ari", member_name="Ari", saved_at=NOON - day))

    outcome = await storage.links.save(make_save(saved_at=NOON + day))

    assert outcome.earlier == (("Ari", NOON - day), ("Jun", NOON))


async def test_a_repeat_tells_the_earlier_saves_of_the_first_time(storage: SqlStorage) -> None:
    hour = timedelta(hours=1)
    await storage.links.save(make_save(member="ari", member_name="Ari", saved_at=NOON - hour))
    first = await storage.links.save(make_save())
    await storage.links.save(make_save(member="jun", member_name="Jun", saved_at=NOON + hour))

    again = await storage.links.save(make_save(saved_at=NOON + 2 * hour))

    assert again.earlier == first.earlier == (("Ari", NOON - hour),)


async def test_a_private_save_is_no_earlier_save_for_others(storage: SqlStorage) -> None:
    await storage.links.save(make_save(member="jun", place=SECRET, title="Hush", url=PAPER_URL))

    outcome = await storage.links.save(make_save())

    assert outcome.earlier == ()
    assert outcome.link.title == PAPER_URL
    assert len(outcome.link.saves) == 1


async def test_what_is_no_address_is_refused_and_nothing_stored(storage: SqlStorage) -> None:
    with pytest.raises(InvalidUrl):
        await storage.links.save(make_save("ftp://example.org/file"))

    assert await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR) == []
    assert await storage.links.find(LOCAL, "ftp://example.org", audience=OPERATOR) is None


async def test_workspaces_do_not_share_links(storage: SqlStorage) -> None:
    other = WorkspaceId("slack:T1")
    await storage.workspaces.ensure(other, name="Team")
    ours = await storage.links.save(make_save())

    theirs = await storage.links.save(make_save(workspace=other))

    assert theirs.link.id != ours.link.id
    with pytest.raises(KeyError):
        await storage.links.get(other, ours.link.id, audience=OPERATOR)


async def test_undoing_takes_all_links_of_the_message(storage: SqlStorage) -> None:
    await storage.links.save(make_save(title="Queues"))
    await storage.links.save(make_save("https://example.org/b"))
    await storage.links.save(make_save("https://example.org/c", message="message-2", title="Stays"))

    undone = await undo(storage)

    assert undone == UndoOutcome(gone=("Queues", "https://example.org/b"))
    [left] = await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
    assert left.title == "Stays"


async def test_undoing_twice_takes_nothing_more(storage: SqlStorage) -> None:
    await storage.links.save(make_save())
    await undo(storage)

    assert await undo(storage) == UndoOutcome()


async def test_a_rehearsal_tells_what_undoing_would_and_changes_nothing(
    storage: SqlStorage,
) -> None:
    await storage.links.save(make_save(title="Queues"))
    await storage.links.save(make_save("https://example.org/b"))
    await storage.links.save(make_save(member="jun", message="message-2"))
    before = await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)

    rehearsed = await undo(storage, is_rehearsal=True)

    assert await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR) == before
    assert rehearsed == await undo(storage)


async def test_undoing_tells_what_other_saves_keep(storage: SqlStorage) -> None:
    await storage.links.save(make_save(title="Queues"))
    await storage.links.save(make_save("https://example.org/b"))
    await storage.links.save(make_save(member="jun", message="message-2"))

    undone = await undo(storage)

    assert undone == UndoOutcome(gone=("https://example.org/b",), kept=("Queues",))


async def test_a_private_save_is_no_other_save_for_others(storage: SqlStorage) -> None:
    await storage.links.save(make_save(title="Queues"))
    await storage.links.save(make_save(member="jun", message="message-2", place=SECRET))

    assert (await undo(storage)).gone == ("Queues",)


async def test_a_message_is_saved_while_anybodys_save_of_it_stands(storage: SqlStorage) -> None:
    for member, emoji in ((MINA, "📜"), (MINA, "🔖"), ("jun", "🔖")):
        await storage.links.save(make_save(member=member, emoji=emoji))

    assert (await undo(storage)).is_message_saved
    assert (await undo(storage, emoji=None)).is_message_saved
    assert not (await undo(storage, member="jun", emoji="🔖")).is_message_saved


@pytest.mark.parametrize(
    "key", [{"member": "jun"}, {"message": "message-2"}, {"emoji": "🔖"}], ids=str
)
async def test_only_saves_with_the_whole_key_are_undone(
    storage: SqlStorage, key: dict[str, Any]
) -> None:
    await storage.links.save(make_save())

    assert await undo(storage, **key) == UndoOutcome(is_message_saved="message" not in key)
    assert len(await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)) == 1


async def test_a_link_lives_while_somebody_saved_it(storage: SqlStorage) -> None:
    outcome = await storage.links.save(make_save())
    await storage.links.save(make_save(member="jun"))
    await storage.links.store_page(
        LOCAL,
        outcome.link.id,
        make_page(),
        make_understanding("Keep it."),
        [Passage("short queues")],
    )

    await undo(storage)

    found = await storage.links.get(LOCAL, outcome.link.id, audience=EVERYONE)
    assert [save.member for save in found.saves] == ["jun"]
    assert found.state is PageState.READ
    assert await storage.search.search(LOCAL, "queues", limit=5, audience=EVERYONE)


async def test_the_last_undo_takes_the_page_and_all_made_of_it(storage: SqlStorage) -> None:
    outcome = await storage.links.save(make_save())
    await storage.links.store_page(
        LOCAL,
        outcome.link.id,
        make_page(),
        make_understanding("Keep it."),
        [Passage("short queues")],
    )

    await undo(storage)

    assert await storage.links.find(LOCAL, PAPER_URL, audience=OPERATOR) is None
    assert await storage.search.search(LOCAL, "queues", limit=5, audience=OPERATOR) == []
    again = await storage.links.save(make_save())
    assert again.link.id != outcome.link.id
    assert again.link.state is PageState.WAITING
