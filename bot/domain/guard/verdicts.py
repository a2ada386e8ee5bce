"""What is judged, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Fault(StrEnum):
    """Why prose is refused; each has a text under `guard.` for people and for the repair."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CUT_OFF = "cut_off"
    REASONING = "reasoning"
    PROMPT = "prompt"
    LANGUAGE = "language"
    INSTRUCTION = "instruction"
    REPEATED = "repeated"
    NO_SOURCE = "no_source"
    UNKNOWN_SOURCE = "unknown_source"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTATION = "quotation"
    LINK = "link"
    NOT_CARRIED = "not_carried"
    OPPOSITE = "opposite"


@dataclass(frozen=True, slots=True)
class Refusal:
    """`what`: the number, name, … that is wrong, as it was written; "" where the whole is."""

    fault: Fault
    what: str = ""

    @property
    def key(self) -> str:
        return f"guard.{self.fault}"

    @property
    def values(self) -> Mapping[str, str]:
        return {"what": self.what}


@dataclass(frozen=True, slots=True)
class Source:
    """What may be cited. `names`: what it is known by beside its text, such as author and site."""

    number: int
    text: str
    title: str = ""
    url: str = ""
    names: tuple[str, ...] = ()
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One or more sentences, and the numbers of the sources that they cite."""

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`refusals`: every reason that was found, each once; none if it is accepted."""

    statement: Statement
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_accepted(self) -> bool:
        return not self.refusals


@dataclass(frozen=True, slots=True)
class Judgement:
    """`verdicts` in the order of the statements; `refusals`: what is wrong with all of it."""

    verdicts: tuple[Verdict, ...]
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_accepted(self) -> bool:
        return not self.refusals and all(verdict.is_accepted for verdict in self.verdicts)

    @property
    def accepted(self) -> tuple[Statement, ...]:
        """Return what may be shown; nothing if the whole is refused."""
        if self.refusals:
            return ()
        return tuple(verdict.statement for verdict in self.verdicts if verdict.is_accepted)

    @property
    def all_refusals(self) -> tuple[Refusal, ...]:
        of_statements = (refusal for verdict in self.verdicts for refusal in verdict.refusals)
        return tuple(dict.fromkeys((*self.refusals, *of_statements)))
