"""What people can call: commands and their options, as every platform offers them.

Help, typed options, forms and the reading of typed words all follow from these. Texts by key:
`command.NAME`, `command.NAME_usage`, `option.NAME`, `choice.VALUE` (where a choice has words).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.models import MemberId, Place, WorkspaceId

EVERYTHING = "jubo"  # /jubo COMMAND … does what /COMMAND … does


class Takes(StrEnum):
    """What an option takes. A `DAY` is written 2026-01-31; between several stand commas."""

    WORDS = "words"
    CHOICE = "choice"
    CHOICES = "choices"
    CHANNEL = "channel"
    CHANNELS = "channels"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command, written `name:value` where commands are typed.

    `is_main`: takes the words that no other option claims; at most one of a command.
    `is_suggested`: values are suggested while somebody types; others are taken all the same.
    `is_typed_only`: no form asks for it; one that changes something carries it along.
    """

    name: str
    takes: Takes = Takes.WORDS
    choices: tuple[str, ...] = ()
    default: str = ""  # filled in already where a form is shown
    is_main: bool = False
    is_required: bool = False
    is_suggested: bool = False
    is_long: bool = False  # its words may fill several lines
    is_typed_only: bool = False


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """`has_form`: called bare, a platform may ask for the options in a form.

    `is_private`: what it answers is for the caller alone; platforms must know that before the work.
    """

    name: str
    options: tuple[Option, ...] = ()
    has_form: bool = False
    is_private: bool = False

    def find(self, name: str) -> Option | None:
        return next((each for each in self.options if each.name == name), None)

    @property
    def main(self) -> Option | None:
        return next((each for each in self.options if each.is_main), None)


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    value: str


class Suggests(Protocol):
    async def suggest(
        self,
        command: str,
        option: str,
        typed: str,
        *,
        workspace: WorkspaceId,
        place: Place,
        member: MemberId,
        language: str,
    ) -> tuple[Choice, ...]:
        """Return at most 25 values for an option, best first. Never raises; answers within 1 s."""
