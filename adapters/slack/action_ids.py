"""How a button's action, value and form travel through Slack and back."""

from __future__ import annotations

import json

from adapters.slack import limits
from adapters.slack.limits import units
from bot.posts import Form

# An option must have a value; ours may be empty. A value of ours never begins like this.
_EMPTY = "\N{SYMBOL FOR NULL}"
_MARK = "#"
_FORM = "\N{SYMBOL FOR RECORD SEPARATOR}"  # stands between a value and the form of its button


def make_action_id(action: str, number: int) -> str:
    """Return an id of its own within one message: Slack refuses a message that has one twice."""
    return f"{action}{_MARK}{number}"


def action_of(action_id: str) -> str:
    return action_id.rpartition(_MARK)[0] or action_id


def option_value(value: str) -> str:
    return value or _EMPTY


def button_value(value: str, form: Form | None) -> str:
    """Return a value with what its form is filled in with, if Slack takes as much."""
    if form is None:
        return value
    kept = json.dumps([form.command, form.options], ensure_ascii=False)
    whole = f"{value}{_FORM}{kept}"
    return whole if units(whole) <= limits.BUTTON_VALUE else value


def value_of(value: str) -> str:
    return "" if value == _EMPTY else value.partition(_FORM)[0]


def form_of(value: str) -> Form | None:
    """Return the form that a press is to open; None if it opens none."""
    _, mark, kept = value.partition(_FORM)
    if not mark:
        return None
    command, options = json.loads(kept)
    return Form(command, tuple((name, each) for name, each in options))
