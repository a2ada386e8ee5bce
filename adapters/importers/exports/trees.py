"""Folders in folders, as browsers keep them."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.importers.exports.values import Record, first_text, records


def walk(root: Record, *, name: str) -> Iterator[tuple[Record, tuple[str, ...]]]:
    """Yield every node in its order, with the names of the folders that it is in.

    Not by recursion: a file may nest them as deep as JSON can.
    """
    waiting: list[tuple[Record, tuple[str, ...]]] = [(root, ())]
    while waiting:
        node, path = waiting.pop()
        yield node, path
        below = (*path, first_text(node, name)) if "children" in node else path
        waiting += [(child, below) for child in reversed(list(records(node.get("children"))))]
