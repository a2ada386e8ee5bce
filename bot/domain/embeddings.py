"""What an embedding model makes of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.asking_models import Usage

Vector = Sequence[float]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a question means to a model: comparable with vectors of that model and length alone."""

    model: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors in the order of the texts, all of one length that is not 0; and what they cost."""

    vectors: Sequence[Vector]
    usage: Usage = field(default_factory=Usage)
