"""Which links an embedding model takes for one happening: by how the links of a period lie.

Models differ in which cosine is near, and so do subjects: a pair counts where it is nearer than
the others, not where it is nearer than a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.domain.models import LinkId

if TYPE_CHECKING:  # loads pydantic, which help must not wait for
    from bot.domain.embeddings import Vector

Alike = tuple[tuple[LinkId, LinkId], ...]

# Reports of one event are few, and each is among the nearest of the others.
_NEAREST = 3
# With fewer links nobody can tell what is usual among them.
_FEWEST = 8
# Between what is usual of a link and a copy of it, in the nearer half; and beyond its usual spread
# (normal deviations, from the median ones, which a few near links do not move).
_LEAST_OF_WAY = 0.5
_DEVIATIONS = 4.0
_DEVIATION_OF_MEDIAN = 1.4826
_ROWS = 512  # compared at once: 5,000 links are never one matrix of all pairs


def find_alike(vectors: Mapping[LinkId, Vector]) -> Alike:
    """Return the pairs that are clearly nearer to each other than to the rest, in order.

    Vectors of one length; what is no direction (of length 0, infinite) is like nothing.
    """
    if len(vectors) < _FEWEST:
        return ()
    import numpy as np  # for embeddings alone

    links = sorted(vectors)
    matrix = np.asarray([vectors[link] for link in links], dtype=np.float32)
    lengths = np.linalg.norm(matrix, axis=1)
    usable = np.isfinite(lengths) & (lengths > 0)
    links = [link for link, is_usable in zip(links, usable, strict=True) if is_usable]
    if len(links) < _FEWEST:
        return ()
    matrix = matrix[usable] / lengths[usable, None]
    near: set[tuple[int, int]] = set()
    for start in range(0, len(links), _ROWS):
        cosines = matrix[start : start + _ROWS] @ matrix.T
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = np.nan  # itself
        usual = np.nanmedian(cosines, axis=1, keepdims=True)
        spread = np.nanmedian(np.abs(cosines - usual), axis=1, keepdims=True)
        beyond = usual + _DEVIATIONS * _DEVIATION_OF_MEDIAN * spread
        least = np.maximum(usual + _LEAST_OF_WAY * (1 - usual), beyond)
        cosines[rows, start + rows] = -np.inf
        nearest = np.partition(cosines, -_NEAREST, axis=1)[:, -_NEAREST, None]
        is_near = (cosines > least) & (cosines >= nearest)
        near.update(
            (start + int(row), int(other)) for row, other in zip(*np.nonzero(is_near), strict=True)
        )
    return tuple(
        (links[left], links[right])
        for left, right in sorted(near)
        if left < right and (right, left) in near
    )
