"""Which node listens with which shard: a fair share each, and no more moves than need be. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Move:
    """`take`: what may be had; another node may be quicker. `leave`: what is too much."""

    take: Sequence[int] = ()
    leave: Sequence[int] = ()


def next_move(count: int, holders: Mapping[int, str], *, nodes: Collection[str], us: str) -> Move:
    """Return what this node does next about `count` shards, of which `holders` are told.

    `nodes`: all that listen, this one included. Where nobody has too few, nobody moves.
    """
    least, over = divmod(count, len(nodes))
    most = least + (1 if over else 0)
    shares = {node: [each for each in sorted(holders) if holders[each] == node] for node in nodes}
    ours = shares[us]
    if len(ours) > most:
        return Move(leave=ours[most:])
    free = [each for each in range(count) if each not in holders]
    if len(ours) < least and free:
        return Move(take=free[: least - len(ours)])
    missing = sum(max(0, least - len(share)) for share in shares.values())
    if len(free) > missing and len(ours) < most:
        return Move(take=free[:1])
    # One gives at a time: else two would, and one of them take its own back.
    giver = max(nodes, key=lambda node: (len(shares[node]), node))
    if giver == us and len(ours) > least and missing > len(free):
        return Move(leave=ours[-1:])
    return Move()
