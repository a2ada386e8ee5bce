"""What became of saved links, as blocks of a post: short however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

from bot.commands.conversation import Conversation
from bot.domain.emoji import DONE, TROUBLE
from bot.domain.models import KIND_EMOJI, SaveOutcome
from bot.posts import Anchor, Block, Bullets, Context, Inline, Item, Text, paragraph
from bot.services.reading import Reading

SHOWN = 10  # links of one answer
SUMMARISED = 3  # up to here an answer says what is in each
_TITLES = 5
_TITLE_CHARS = 120


def result_blocks(readings: Sequence[Reading], talk: Conversation) -> tuple[Block, ...]:
    """Show each link: its title and summary, or the reason and a next step."""
    has_summaries = len(readings) <= SUMMARISED
    items = tuple(_item(each, talk, has_summary=has_summaries) for each in readings[:SHOWN])
    blocks: list[Block] = [Bullets(items)] if items else []
    if rest := readings[SHOWN:]:
        read = sum(each.is_read for each in rest)
        more = talk.say("save.more", count=len(rest), read=read, unread=len(rest) - read)
        blocks.append(Context((Text(more),)))
    return tuple(blocks)


def failure_blocks(readings: Sequence[Reading], talk: Conversation) -> tuple[Block, ...]:
    """Show the links that could not be read, and how many others could; nothing if all were."""
    failed = [each for each in readings if not each.is_read]
    blocks = result_blocks(failed, talk)
    if failed and (others := len(readings) - len(failed)):
        blocks += (Context((Text(talk.say("save.others_read", count=others)),)),)
    return blocks


def _item(reading: Reading, talk: Conversation, *, has_summary: bool) -> Item:
    link = reading.link
    title = Anchor(link.title, link.url_as_saved)
    if not reading.is_read:
        reason = talk.say(f"unreadable.{reading.reason}")
        # Of many, each line says no more than why.
        said = talk.say("save.unread", reason=reason) if has_summary else reason
        return Item((Text(f"{TROUBLE} "), title, Text(f" — {said}")))
    points = link.summary.points if link.summary and has_summary else ()
    nested = tuple(Item((Text(point.text),)) for point in points)
    label = f"{DONE} {KIND_EMOJI[link.kind]} "
    return Item((Text(label), title), (Bullets(nested),) if nested else ())


def refusal_blocks(refused: Sequence[str], talk: Conversation) -> tuple[Block, ...]:
    shown: list[Block] = [
        paragraph(talk.say("save.bad_address", address=shorten(each, _TITLE_CHARS)))
        for each in refused[:SHOWN]
    ]
    if len(refused) > SHOWN:
        more = talk.say("save.more_refused", count=len(refused) - SHOWN)
        shown.append(Context((Text(more),)))
    return tuple(shown)


def earlier_blocks(outcomes: Sequence[SaveOutcome], talk: Conversation) -> tuple[Block, ...]:
    """Say who saved which of the links before."""
    known = [each for each in outcomes if each.earlier]
    lines: list[Block] = [_earlier(each, talk) for each in known[:SHOWN]]
    if len(known) > SHOWN:
        more = talk.say("save.more_earlier", count=len(known) - SHOWN)
        lines.append(Context((Text(more),)))
    return tuple(lines)


def _earlier(outcome: SaveOutcome, talk: Conversation) -> Context:
    name, at = outcome.earlier[0]
    key = "save.earlier" if name else "save.earlier_by_somebody"
    said = talk.say(key, name=name, day=at.astimezone(talk.zone).date())
    title = Anchor(outcome.link.title, outcome.link.url_as_saved)
    inlines: tuple[Inline, ...] = (title, Text(f" — {said}"))
    return Context(inlines)


def join_titles(titles: Sequence[str], talk: Conversation) -> str:
    """Return the first titles as one text that says how many more there are."""
    shown = ", ".join(shorten(title, _TITLE_CHARS, placeholder=" …") for title in titles[:_TITLES])
    rest = len(titles) - _TITLES
    return talk.say("save.and_more", titles=shown, count=rest) if rest > 0 else shown
