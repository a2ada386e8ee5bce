"""Use case: compile again what a delivery told, for whoever asks about it later."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.domain.deliveries import Told
from bot.domain.digests import Digest
from bot.domain.models import WorkspaceId
from bot.domain.periods import period_between
from bot.domain.visibility import Audience
from bot.errors import UserError
from bot.ports import DeliveryStore, SubscriptionStore
from bot.services.digesting import DigestingService
from bot.services.issuing import reach_of


class RetellingService:
    def __init__(
        self,
        subscriptions: SubscriptionStore,
        deliveries: DeliveryStore,
        digesting: DigestingService,
    ) -> None:
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._digesting = digesting

    async def retell(self, workspace: WorkspaceId, delivery: str, *, audience: Audience) -> Digest:
        """Return what was saved in the time that it covered, as the subscription chooses now.

        Raises:
            UserError: the delivery or its subscription is gone.

        """
        try:
            told = await self._deliveries.get(workspace, delivery)
            subscription = await self._subscriptions.get(workspace, told.subscription)
        except KeyError as error:
            raise UserError("digest.is_gone") from error
        zone = ZoneInfo(subscription.zone)
        return await self._digesting.compile(
            workspace,
            period_between(told.since, told.until, zone),
            style=subscription.style,
            language=subscription.language,
            zone=zone,
            audience=audience,
            reach=reach_of(subscription, told, Told()),
            highlights=subscription.size.highlights,
            channel=subscription.place.channel,
            is_written=False,
        )
