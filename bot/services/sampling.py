"""Use case: fill a throw-away workspace, as if a group had used it for four weeks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.archives import Archive, ArchiveFile, PreparedArchive, PreparedEntry
from bot.domain.emoji import DONE
from bot.domain.models import (
    BOT,
    KIND_EMOJI,
    ChannelId,
    MemberId,
    MessageId,
    NewSave,
    PageText,
    Place,
    Understanding,
    WorkspaceId,
)
from bot.domain.understanding import passages_of, understand
from bot.ports import ArchiveStore, ChatLog, ChatMessage
from bot.sample import Sample, SampleLink, load_sample

SHOWN_IN_CHAT = 8  # the newest of them stand in the channel with their reactions
MORNING = time(9, 30)


class SamplingService:
    def __init__(self, archives: ArchiveStore, chat: ChatLog, *, zone: ZoneInfo) -> None:
        self._archives = archives
        self._chat = chat
        self._zone = zone

    async def load(self, workspace: WorkspaceId, *, channel: str, now: datetime) -> None:
        """Store the sample links as read pages and put the newest into the channel."""
        place = Place(ChannelId(channel))
        sample = await asyncio.to_thread(load_sample, now.astimezone(self._zone).date())
        entries = await asyncio.to_thread(
            lambda: tuple(self._entries(workspace, place, sample, now))
        )
        file = ArchiveFile(name="sample", changed_at=now, archive=Archive("sample", "sample"))
        await self._archives.import_archive(
            workspace,
            PreparedArchive(
                file=file, entries=entries, notes=(), concepts=(), place=place, member=BOT
            ),
        )
        await self._talk(place, sample, now)

    def _entries(
        self, workspace: WorkspaceId, place: Place, sample: Sample, now: datetime
    ) -> Iterator[PreparedEntry]:
        for number, link in enumerate(sample.links):
            page = PageText(url=link.url, title=link.title, text=link.text, language=link.language)
            understanding = understand(page)
            for minute, saver in enumerate(link.savers):
                yield PreparedEntry(
                    save=NewSave(
                        workspace=workspace,
                        member=MemberId(saver),
                        member_name=saver,
                        place=place,
                        message=_message_id(number),
                        emoji=KIND_EMOJI[link.kind],
                        url=link.url,
                        saved_at=self._instant(link, minute, now),
                        kind=link.kind,
                        title=link.title,
                        who=link.who,
                    ),
                    understanding=understanding,
                    passages=tuple(passages_of(page)),
                    related=tuple(self._related(workspace, place, number, link, now)),
                    page=page,
                )

    def _related(
        self, workspace: WorkspaceId, place: Place, number: int, link: SampleLink, now: datetime
    ) -> Iterator[PreparedEntry]:
        for each in link.related:
            yield PreparedEntry(
                save=NewSave(
                    workspace=workspace,
                    member=MemberId(link.savers[0]),
                    member_name=link.savers[0],
                    place=place,
                    message=_message_id(number),
                    emoji=KIND_EMOJI[each.kind],
                    url=each.url,
                    saved_at=self._instant(link, 0, now),
                    kind=each.kind,
                    title=each.title,
                    who=each.who,
                ),
                understanding=Understanding(kind=each.kind, topics=(), summary=None),
                passages=(),
            )

    async def _talk(self, place: Place, sample: Sample, now: datetime) -> None:
        first = max(0, len(sample.links) - SHOWN_IN_CHAT)
        for number, link in enumerate(sample.links[first:], start=first):
            message = ChatMessage(
                id=_message_id(number),
                place=place,
                member=MemberId(link.savers[0]),
                member_name=link.savers[0],
                at=self._instant(link, 0, now),
                text=f"{link.title} {link.url}",
            )
            await self._chat.append(message)
            for saver in link.savers:
                await self._chat.add_reaction(message.id, KIND_EMOJI[link.kind], MemberId(saver))
            await self._chat.add_reaction(message.id, DONE, BOT)
        for number, each in enumerate(sample.messages):
            await self._chat.append(
                ChatMessage(
                    id=MessageId(f"sample-message-{number}"),
                    place=place,
                    member=MemberId(each.by),
                    member_name=each.by,
                    at=now - timedelta(minutes=len(sample.messages) - number),
                    text=each.text,
                )
            )

    def _instant(self, link: SampleLink, minute: int, now: datetime) -> datetime:
        """Morning of its day, never in the future."""
        at = datetime.combine(link.day, MORNING, self._zone).astimezone(UTC)
        return min(at, now - timedelta(hours=1)) + timedelta(minutes=minute)


def _message_id(number: int) -> MessageId:
    return MessageId(f"sample-{number}")
