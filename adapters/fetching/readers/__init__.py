"""The sites that are read in a way of their own, the first that says yes. One file each."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.fetching.reader import Reader

READERS: Sequence[Reader] = ()
