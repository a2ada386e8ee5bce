"""Replies below a message whose link could not be read: a long one, or a file, is its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten

from bot.commands.conversation import Conversation
from bot.commands.router import Router
from bot.domain.archives import Document
from bot.domain.models import LinkRecord, MessageId
from bot.domain.pasting import (
    GivenText,
    choose_link,
    choose_save,
    find_reply,
    is_marked,
    is_text_file,
    lacking,
    takers,
    was_given,
)
from bot.errors import UserError
from bot.events import MessagePosted, SharedFile
from bot.posts import Anchor, Block, Bullets, Item, Post, Text, paragraph
from bot.services.noting import MAX_BYTES
from bot.services.page_reports import SHOWN
from bot.services.pasting import PastingService
from bot.services.saving import SavingService

_EXCERPT_CHARS = 80


class PastingCommands:
    def __init__(self, pasting: PastingService, saving: SavingService) -> None:
        self._pasting = pasting
        self._saving = saving
        self.router = Router(claims=[self.hear])

    async def hear(self, event: MessagePosted, talk: Conversation) -> bool:
        """Take the text and say so below the message; False: the reply is something else."""
        head = event.answers or event.thread
        words = find_reply(event.text)
        files = tuple(each for each in event.files if is_text_file(each.name))
        if head is None or (words is None and not files):
            return False
        found = await self._saving.list_of_message(event.workspace, head, audience=talk.audience)
        links = takers(found, is_meant=is_marked(event.text))
        if not links:
            return False
        try:
            blocks = await self._take(event, head, links, words or "", files, talk)
        except UserError as error:
            # Who replies to others is told nothing by the router, but meant us here.
            blocks = (paragraph(talk.say(error.message_key, **error.values)),)
        await talk.post(Post(blocks), thread=head)
        return True

    async def _take(
        self,
        event: MessagePosted,
        head: MessageId,
        links: Mapping[int, LinkRecord],
        words: str,
        files: Sequence[SharedFile],
        talk: Conversation,
    ) -> tuple[Block, ...]:
        link, text = choose_link(words, links)
        if link is None:
            return _question(links, talk)
        save = choose_save(link, head, event.member)
        if save is None:
            raise UserError("message.gone")  # it was taken back just now
        given = await self._open(files, event, talk) if files else GivenText(text)
        taken = await self._pasting.take(
            event.workspace,
            link,
            given,
            save=save.id,
            by=event.member_name or talk.say("paste.somebody"),
            audience=talk.audience,
        )
        return _answer(taken, given, talk)

    async def _open(
        self, files: Sequence[SharedFile], event: MessagePosted, talk: Conversation
    ) -> GivenText:
        if len(files) > 1:
            raise UserError("paste.several_files")
        [file] = files
        if file.size_bytes > MAX_BYTES:
            raise UserError("file.too_large", limit=MAX_BYTES >> 20)
        data = await talk.fetch_file(file)
        return await self._pasting.open(Document(file.name, data, event.at))


def _answer(link: LinkRecord, given: GivenText, talk: Conversation) -> tuple[Block, ...]:
    excerpt = shorten(given.text, _EXCERPT_CHARS, placeholder=" …")
    key = "paste.taken" if was_given(link) else "paste.beside"
    told = talk.say(key, count=len(given.text), excerpt=excerpt)
    points = link.summary.points if link.summary else ()
    title = Item(
        (Anchor(link.title, link.url_as_saved),),
        (Bullets(tuple(Item((Text(point.text),)) for point in points)),) if points else (),
    )
    return (paragraph(told), Bullets((title,)))


def _question(links: Mapping[int, LinkRecord], talk: Conversation) -> tuple[Block, ...]:
    without = lacking(links.values())
    items = tuple(
        Item((Text(f"{number}. "), Anchor(link.title, link.url_as_saved)))
        for number, link in links.items()
        if not without or link in without
    )
    return (paragraph(talk.say("paste.which")), Bullets(items[:SHOWN]))
