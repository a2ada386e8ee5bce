"""Digests that were compiled and that nobody has seen yet."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, literal, update

from bot.domain.deliveries import POST_KEY, DeliveryState
from bot.domain.models import WorkspaceId
from storage.schema import deliveries, posts


def drop_unposted(
    connection: Connection, workspace: WorkspaceId, *which: ColumnElement[bool]
) -> None:
    """Drop digests of which no part may have been sent: they are compiled anew when it is time.

    What was begun is finished as it was begun; its texts go when it has ended.
    """
    of_workspace = and_(deliveries.c.workspace == workspace, deliveries.c.digest.is_not(None))
    is_ahead = deliveries.c.state == DeliveryState.PREPARED
    connection.execute(delete(deliveries).where(of_workspace, is_ahead, *which))
    has_begun = exists().where(
        posts.c.workspace == deliveries.c.workspace,
        posts.c.key == literal(POST_KEY) + deliveries.c.id,
    )
    is_due = deliveries.c.state == DeliveryState.PLANNED
    emptied = update(deliveries).where(of_workspace, is_due, ~has_begun, *which)
    connection.execute(emptied.values(digest=None, fingerprint=None))
