"""Options that narrow down a question or a list; they may also be written among the words."""

from __future__ import annotations

from bot.commands.options import Call
from bot.domain.models import Kind
from bot.events import CommandCalled
from bot.specs import CommandSpec, Option, Takes

FILTERS = (
    Option("kind", Takes.CHOICE, choices=tuple(Kind)),
    Option("topic", is_suggested=True),
    Option("by"),
    Option("since", Takes.DAY),
    Option("until", Takes.DAY),
)


def read_filtered(event: CommandCalled, spec: CommandSpec) -> Call:
    """Leave what is typed in the words: those are read as a query. What is chosen is an option."""
    chosen = dict(event.options)
    words = [event.arguments]
    if spec.main is not None and spec.main.name in chosen:
        words.append(chosen.pop(spec.main.name))
    return Call(" ".join(filter(None, words)).strip(), chosen)
