"""Use case: a member gives the text of a page that cannot be read. It is data, as a page is."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from functools import partial

from bot.domain.archives import Document, Form
from bot.domain.models import LinkRecord, PagePart, PageState, SaveId, WorkspaceId
from bot.domain.pasting import GivenText, page_of
from bot.domain.understanding import passages_of, shorten, understand
from bot.domain.visibility import Audience
from bot.errors import TransientError, UserError
from bot.ports import ArchiveReader, LinkStore
from bot.services.unread import UnreadService
from bot.threads import run_in_own_thread

log = logging.getLogger(__name__)


class PastingService:
    def __init__(self, links: LinkStore, reader: ArchiveReader, unread: UnreadService) -> None:
        self._links = links
        self._reader = reader
        self._unread = unread
        self._opening = asyncio.Semaphore(1)

    async def open(self, document: Document) -> GivenText:
        """Return the text of a file that somebody hands in.

        Raises:
            UserError: there is none in it, as a key of table `file` says.

        """
        read = partial(self._reader.read, document.name, document.data, form=Form.DOCUMENT)
        try:
            async with self._opening:  # one may take a minute
                archive = await run_in_own_thread(read)
        except TransientError:
            raise
        except UserError as error:
            # The command line says the same in its own words, which name the path.
            key = error.message_key.replace("import.", "file.", 1)
            raise UserError(key, **error.values) from error
        except Exception as error:
            log.exception("file broke its reader")
            raise UserError("note.broken", name=document.name) from error
        parts = tuple(
            PagePart(section.heading, section.text)
            for note in archive.notes
            for section in note.sections
        )
        return GivenText("\n\n".join(part.text for part in parts), archive.title, parts)

    async def take(
        self,
        workspace: WorkspaceId,
        link: LinkRecord,
        given: GivenText,
        *,
        save: SaveId,
        by: str,
        audience: Audience,
    ) -> LinkRecord:
        """Keep the text as the page's, with one of its saves; return the link as it is then.

        Its messages show it soon after.

        Raises:
            UserError: there is no text.

        """
        if not given.text.strip():
            raise UserError("paste.empty")
        page = shorten(page_of(link, given, by=by))
        understanding = await asyncio.to_thread(understand, page)
        if link.state is PageState.READ:  # what the page is, it says itself
            understanding = replace(understanding, kind=link.kind)
        passages = await asyncio.to_thread(passages_of, page)
        await self._links.store_text(workspace, save, page, understanding, passages)
        log.info("text taken", extra={"link": link.id, "chars": len(page.text)})
        await self._unread.show(workspace, [link.id])
        return await self._links.get(workspace, link.id, audience=audience)
