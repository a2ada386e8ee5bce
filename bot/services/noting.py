"""Use case: files that somebody shared become notes; each says what became of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.archives import Document
from bot.domain.models import WorkspaceId
from bot.errors import TransientError, UserError
from bot.events import SharedFile
from bot.services.importing import ImportingService, TakenIn
from bot.services.preparing import Sharer
from bot.services.unread import UnreadService

log = logging.getLogger(__name__)

MAX_FILES = 10  # of one message: as many as Discord takes
MAX_BYTES = 20 * 1024 * 1024

Load = Callable[[SharedFile], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of a file: `taken`, or else why not, as a key of bot/texts and its values."""

    name: str
    taken: TakenIn | None = None
    reason: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


class NotingService:
    def __init__(self, importing: ImportingService, unread: UnreadService) -> None:
        self._importing = importing
        self._unread = unread

    async def take_in(
        self,
        workspace: WorkspaceId,
        files: Sequence[SharedFile],
        *,
        load: Load,
        sharer: Sharer,
        at: datetime,
    ) -> list[Noted]:
        """Take in one file after the other; a file that is there already changes nothing.

        Raises:
            TransientError: what is missing comes in when it is tried again.

        """
        noted = [
            await self._take_in(workspace, file, load=load, sharer=sharer, at=at)
            for file in files[:MAX_FILES]
        ]
        noted += [
            Noted(file.name, None, "note.too_many", {"limit": MAX_FILES})
            for file in files[MAX_FILES:]
        ]
        if any(each.taken and each.taken.links for each in noted):
            await self._unread.ask_for_all(workspace)
        return noted

    async def _take_in(
        self,
        workspace: WorkspaceId,
        file: SharedFile,
        *,
        load: Load,
        sharer: Sharer,
        at: datetime,
    ) -> Noted:
        if file.size_bytes > MAX_BYTES:
            return Noted(file.name, None, "file.too_large", {"limit": MAX_BYTES >> 20})
        try:
            document = Document(file.name, await load(file), at)
            taken = await self._importing.take_in(workspace, document, sharer=sharer)
        except UserError as error:
            return Noted(file.name, None, error.message_key, error.values)
        except TransientError:
            raise
        except Exception:
            # A file that a parser falls over must not stop the others, or the question beside it.
            log.exception("file broke its reader", extra={"post": sharer.message})
            return Noted(file.name, None, "note.broken", {"name": file.name})
        return Noted(file.name, taken)
