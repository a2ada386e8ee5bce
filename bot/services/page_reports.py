"""What became of saved links, as blocks of a post: short however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.emoji import DONE, LOOKING, TROUBLE
from bot.domain.models import KIND_EMOJI, LinkRecord, PageState
from bot.posts import Anchor, Block, Bullets, Context, Item, Text
from bot.services.reading import Reading
from bot.texts import Say

SHOWN = 10  # links of one answer
SUMMARISED = 3  # up to here an answer says what is in each


@dataclass(frozen=True, slots=True)
class Wording:
    """In which words and whose time it is told. `now`: what is of another day says its day."""

    say: Say
    zone: ZoneInfo
    now: datetime

    def time(self, at: datetime) -> str:
        there, here = at.astimezone(self.zone), self.now.astimezone(self.zone)
        day = "" if there.date() == here.date() else f"{there:%Y-%m-%d} "
        return f"{day}{there:%H:%M} ({self.zone.key})"

    def cause(self, reason: str) -> str:
        """Return why a page could not be read, without what somebody may do about it."""
        return first_sentence(self.say(f"unreadable.{reason}"))

    def put_off(self, reason: str, retry_at: datetime) -> str:
        return self.say("save.retry", reason=self.cause(reason), at=self.time(retry_at))

    def gaps(self, link: LinkRecord) -> str:
        """Return what could not be had of a page, "" if nothing is missing."""
        return self.say("gap.and").join(map(self.gap, link.gaps))

    def gap(self, gap: str) -> str:
        """`gap`: a key of table `gap`, with a name behind a colon where it is told by whom."""
        key, _, name = gap.partition(":")
        return self.say(f"gap.{key}", name=name)

    def state(self, link: LinkRecord) -> str:
        """Return how a link stands that is not read, and why."""
        if link.state is PageState.WAITING and link.reason and link.retry_at is not None:
            return self.put_off(link.reason, link.retry_at)
        state = self.say(f"state.{link.state}")
        return f"{state}: {self.cause(link.reason)}" if link.reason else state


def first_sentence(told: str) -> str:
    """Return the first sentence: what follows tells who saved it what to do."""
    return told.partition(". ")[0].removesuffix(".")


def reading_of(link: LinkRecord) -> Reading:
    """Return how a link stands, as if it had just come to that."""
    return Reading(link, link.reason, link.retry_at)


def result_blocks(readings: Sequence[Reading], wording: Wording) -> tuple[Block, ...]:
    """Show each link: its title and summary, or the reason and a next step."""
    has_summaries = len(readings) <= SUMMARISED
    items = tuple(_item(each, wording, has_summary=has_summaries) for each in readings[:SHOWN])
    blocks: list[Block] = [Bullets(items)] if items else []
    if rest := readings[SHOWN:]:
        read = sum(each.is_read for each in rest)
        more = wording.say("save.more", count=len(rest), read=read, unread=len(rest) - read)
        blocks.append(Context((Text(more),)))
    return tuple(blocks)


def is_trouble(reading: Reading) -> bool:
    """Whether it needs words: it is not read, waits or lacks something."""
    return not reading.is_read or reading.is_kept or bool(reading.link.gaps)


def needs_words(readings: Iterable[Reading]) -> bool:
    """Whether the marks of a message do not say it all; that a page is being read, they do."""
    return any(is_trouble(each) and not (each.waits and not each.reason) for each in readings)


def board_blocks(readings: Sequence[Reading], wording: Wording) -> tuple[Block, ...]:
    """Show a message's links that need words, and how many others are fine; all if none does."""
    told = [each for each in readings if is_trouble(each)]
    if not told:
        return result_blocks(readings, wording)
    others = len(readings) - len(told)
    rest = Context((Text(wording.say("save.others_read", count=others)),))
    return (*result_blocks(told, wording), *([rest] if others else ()))


def _item(reading: Reading, wording: Wording, *, has_summary: bool) -> Item:
    link, say = reading.link, wording.say
    title = Anchor(link.title, link.url_as_saved)
    if reading.waits:
        said = say("save.anew") if reading.is_read else wording.state(link)
        return Item((Text(f"{LOOKING} "), title, Text(f" — {said}")))
    if not reading.is_read:
        # Of many, each line says no more than why.
        said = say(f"unreadable.{reading.reason}")
        if has_summary:
            said = say("save.unread", reason=said)
        return Item((Text(f"{TROUBLE} "), title, Text(f" — {said}")))
    points = link.summary.points if link.summary and has_summary else ()
    points = tuple(point for point in points if point.text != link.title)
    notes = tuple(Item((Text(each, emphasis=True),)) for each in _notes(reading, wording))
    nested = (*(Item((Text(point.text),)) for point in points), *notes)
    label = f"{DONE} {KIND_EMOJI[link.kind]} "
    return Item((Text(label), title), (Bullets(nested),) if nested else ())


def _notes(reading: Reading, wording: Wording) -> Iterator[str]:
    if reading.is_kept:
        yield wording.say("save.kept", reason=wording.cause(reading.reason))
    if reading.is_too_soon:
        yield wording.say("save.too_soon")
    if gaps := wording.gaps(reading.link):
        yield wording.say("save.gaps", gaps=gaps)
