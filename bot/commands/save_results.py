"""What else is told of saves: refused addresses, who saved before, what was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

from bot.commands.conversation import Conversation
from bot.domain.models import SaveOutcome
from bot.posts import Anchor, Block, Context, Inline, Text, paragraph
from bot.services.page_reports import SHOWN

_TITLES = 5
_TITLE_CHARS = 120


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
