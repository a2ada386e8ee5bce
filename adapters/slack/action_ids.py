"""How a button's action and value travel through Slack and back."""

from __future__ import annotations

# An option must have a value; ours may be empty. A value of ours never begins like this.
_EMPTY = "\N{SYMBOL FOR NULL}"
_MARK = "#"


def make_action_id(action: str, number: int) -> str:
    """Return an id of its own within one message: Slack refuses a message that has one twice."""
    return f"{action}{_MARK}{number}"


def action_of(action_id: str) -> str:
    return action_id.rpartition(_MARK)[0] or action_id


def option_value(value: str) -> str:
    return value or _EMPTY


def value_of(option: str) -> str:
    return "" if option == _EMPTY else option
