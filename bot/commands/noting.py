"""Files dropped with a mention, in a direct message or by the shortcut become notes."""

from __future__ import annotations

from collections import Counter
from textwrap import shorten

from bot.commands.conversation import Conversation
from bot.commands.router import Router
from bot.domain.emoji import DONE, TROUBLE
from bot.events import MessagePosted, ShortcutUsed
from bot.posts import Block, Bullets, Item, Post, Text
from bot.services.importing import TakenIn
from bot.services.noting import Noted, NotingService
from bot.services.preparing import Sharer

SHOWN = 8  # notes of one file, parts of one note, kinds of refusals
_TITLE_CHARS = 120
_EXCERPT_CHARS = 80


class NotingCommands:
    def __init__(self, noting: NotingService) -> None:
        self._noting = noting
        self.router = Router(on_message=[self.hear])

    async def hear(self, event: MessagePosted, talk: Conversation) -> None:
        """Take the files in. The words beside them are a question: somebody else's to answer."""
        if not event.is_for_bot or not event.files:
            return
        blocks = await take_in(event, talk, self._noting)
        below = None if event.place.is_direct else event.thread or event.message
        await talk.post(Post(blocks), thread=below)


async def take_in(
    event: MessagePosted | ShortcutUsed, talk: Conversation, noting: NotingService
) -> tuple[Block, ...]:
    """Take in the files of a message; return what became of each."""
    sharer = Sharer(event.place, event.member, event.member_name, event.message)
    noted = await noting.take_in(
        event.workspace, event.files, load=talk.fetch_file, sharer=sharer, at=event.at
    )
    return (Bullets(tuple(_item(each, talk) for each in noted)),)


def _item(noted: Noted, talk: Conversation) -> Item:
    name = shorten(noted.name, _TITLE_CHARS, placeholder=" …")
    if noted.taken is None:
        # The command line says the same in its own words, which name the path.
        key = noted.reason.replace("import.", "file.", 1)
        reason = talk.say(key, **noted.values)
        return Item((Text(f"{TROUBLE} "), Text(name, strong=True), Text(f" — {reason}")))
    taken = noted.taken
    below = (*_notes(taken, talk), *_refusals(taken, talk))
    nested = tuple(Item((Text(each),)) for each in below)
    line = (Text(f"{DONE} "), Text(name, strong=True), Text(f" — {_counts(taken, talk)}"))
    return Item(line, (Bullets(nested),) if nested else ())


def _counts(taken: TakenIn, talk: Conversation) -> str:
    feeds = taken.report.feeds
    counts = {"note.notes": len(taken.notes), "note.links": taken.links, "note.feeds": feeds}
    said = [talk.say(key, count=count) for key, count in counts.items() if count]
    if not said:
        return talk.say("note.nothing")
    known = taken.report.duplicates
    if known:
        said.append(talk.say("note.known", count=known))
    line = talk.say("note.taken_in", counts=", ".join(said))
    return f"{line} {talk.say('note.read_later')}" if taken.report.links else line


def _notes(taken: TakenIn, talk: Conversation) -> list[str]:
    lines = []
    for note in taken.notes[:SHOWN]:
        parts = list(dict.fromkeys(filter(None, (each.heading for each in note.passages))))
        named = ", ".join(shorten(part, _TITLE_CHARS, placeholder=" …") for part in parts[:SHOWN])
        if len(parts) > SHOWN:
            named = talk.say("note.and_more", titles=named, count=len(parts) - SHOWN)
        title = shorten(note.title, _TITLE_CHARS, placeholder=" …")
        lines.append(f"📝 {title} — {named}" if named else f"📝 {title}")
    if len(taken.notes) > SHOWN:
        lines.append(talk.say("note.more", count=len(taken.notes) - SHOWN))
    return lines


def _refusals(taken: TakenIn, talk: Conversation) -> list[str]:
    """Say what of a file could not be placed: each reason once, with where it was met first."""
    refused = [refusal for _, refusal in taken.report.refused]
    counts: Counter[str] = Counter()
    for refusal in refused:
        counts[refusal.reason] += refusal.count
    first = {refusal.reason: refusal for refusal in reversed(refused)}
    return [
        talk.say(
            "note.refused" if first[reason].line else "note.refused_in_all",
            count=count,
            line=first[reason].line,
            reason=talk.say(f"note.refusal.{reason}"),
            excerpt=shorten(first[reason].excerpt, _EXCERPT_CHARS, placeholder=" …"),
        )
        for reason, count in counts.most_common(SHOWN)
    ]
