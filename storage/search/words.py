"""What the full-text indexes of both databases have in common: their words and their counts.

Passages are indexed as the words of `bot.text.tokens`, so the database's own parser has nothing to
decide. Each word carries the number of its workspace in front ("7x" + word): a workspace has a term
dictionary of its own inside one index, and what is counted are that workspace's numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, column, table

from bot.domain.models import EVERYTHING, LinkFilter, WorkspaceId
from bot.domain.visibility import Audience
from bot.text.ranking import Candidate, Fields, Statistics
from storage.columns import Text

# nDCG@10 on six sets is the same to .0005 with 60, 100, 200 and all passages.
CANDIDATES = 100
LENGTHS = ("title_words", "heading_words", "body_words")
# PostgreSQL takes 2,046 bytes; only made-up words come near.
_MAX_CHARS = 500

vocabulary = table("passages_fts_words", column("term", Text), column("doc", Integer))
scopes = table(
    "search_scopes",
    column("number", Integer),
    column("workspace", Text),
    column("passages", BigInteger),
    column("title_words", BigInteger),
    column("heading_words", BigInteger),
    column("body_words", BigInteger),
)


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage as the words of its fields, each with the number of its workspace in front."""

    id: int
    fields: Sequence[Sequence[str]]

    @property
    def lengths(self) -> Mapping[str, int]:
        return {name: len(words) for name, words in zip(LENGTHS, self.fields, strict=True)}


@dataclass(frozen=True, slots=True)
class Question:
    """What a workspace is asked: its words, what each counts for, and what is known of them."""

    workspace: WorkspaceId
    scope: int
    weights: Mapping[str, float]
    statistics: Statistics
    audience: Audience
    which: LinkFilter = EVERYTHING

    @property
    def values(self) -> dict[str, float]:
        """What each word tells, as ranking counts it; the most telling first."""
        values = {
            word: weight * self.statistics.rarity(word) for word, weight in self.weights.items()
        }
        return dict(sorted(values.items(), key=lambda pair: -pair[1]))

    @property
    def terms(self) -> dict[str, str]:
        """The words by what the index calls them."""
        return dict(zip(scoped_words(self.weights, self.scope), self.weights, strict=True))


@dataclass(frozen=True, slots=True)
class Looks:
    """Chooses the words that passages are looked up by: those that tell most.

    A word that would bring the rows that are read above `most_rows` is left to the score alone, if
    `enough_rows` hold words that tell more: on 100,000 passages a question reads 3,600 rows instead
    of 25,000 (measured on PostgreSQL).
    """

    most_rows: int = 5_000
    enough_rows: int = 1_000

    def choose(self, question: Question) -> list[str]:
        """Return at least one word, however frequent."""
        chosen: list[str] = []
        rows = 0
        for word in question.values:
            holding = question.statistics.passages_with[word]
            if chosen and rows >= self.enough_rows and rows + holding > self.most_rows:
                break
            chosen.append(word)
            rows += holding
        return chosen

    def find(
        self, question: Question, read_nearest: Callable[[Question, Sequence[str]], Found]
    ) -> Found:
        """Look by the telling words; where that finds too few that may be seen, by all."""
        telling = self.choose(question)
        found = read_nearest(question, telling)
        if len(found.candidates) < CANDIDATES and len(telling) < len(question.weights):
            return read_nearest(question, list(question.weights))
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """Passages that may answer, and the link or note that each is from."""

    candidates: Sequence[Candidate]
    sources: Mapping[int, str]


class FullText(Protocol):
    """What each database does in its own way."""

    def new_numbers(self, connection: Connection, count: int) -> Sequence[int]:
        """Return numbers for passages, growing, that no passage has or gets otherwise."""

    def index(self, connection: Connection, scope: int, added: Sequence[IndexedPassage]) -> None:
        """Put words into the index and count them."""

    def unindex(self, connection: Connection, scope: int, ids: Sequence[int]) -> None:
        """Take out what is there of these passages. Where those are deleted, a trigger does it."""

    def find_candidates(self, connection: Connection, question: Question) -> Found:
        """Return the `CANDIDATES` that come nearest, of those that may be found."""

    def occurs_in(self, text: ColumnElement[str], name: ColumnElement[str]) -> ColumnElement[bool]:
        """Whether a folded text contains a name, whose ASCII letters are folded for it."""


def scoped_words(words: Iterable[str], scope: int) -> Iterator[str]:
    prefix = f"{scope}x"
    return (prefix + word[:_MAX_CHARS] for word in words)


def scoped_passage(id_: int, fields: Iterable[Iterable[str]], *, scope: int) -> IndexedPassage:
    return IndexedPassage(id_, [list(scoped_words(words, scope)) for words in fields])


def lengths_of(row: Mapping[str, int]) -> Fields:
    return Fields(*(row[name] for name in LENGTHS))
