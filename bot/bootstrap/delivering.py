"""What delivers subscriptions' digests, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.services.delivering import DeliveringService
from bot.services.drawing import Charts
from bot.services.issuing import IssuingService
from bot.services.ticking import TickingService

if TYPE_CHECKING:
    from bot.bootstrap.app import App
    from bot.ports import Meter
    from bot.services.membership import Membership
    from bot.services.posting import PostingService

TICK_EVERY_S = 1.0


def make_delivering(
    app: App, *, posting: PostingService, membership: Membership, meter: Meter
) -> tuple[DeliveringService, TickingService]:
    storage, settings = app.storage, app.settings
    issuing = IssuingService(
        storage.deliveries, app.digesting, Charts(app.charts), posting, texts=app.texts
    )
    delivering = DeliveringService(
        storage.subscriptions,
        storage.deliveries,
        issuing,
        posting,
        alive=membership,
        texts=app.texts,
        clock=app.clock,
        lease_s=settings.lease_s,
        send_s=settings.post_timeout_s,
        meter=meter,
    )
    ticking = TickingService(
        storage.subscriptions,
        storage.deliveries,
        storage.jobs,
        posting,
        clock=app.clock,
        nodes=storage.nodes if settings.is_shared else None,
        node=membership.id,
    )
    return delivering, ticking
