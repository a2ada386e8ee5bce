"""Makes the digest of one delivery, and lays it out as a post that says what it is."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.deliveries import Delivery, Told
from bot.domain.digests import Digest, Period
from bot.domain.material import Reach, reach_before
from bot.domain.periods import period_between
from bot.domain.schedules import describe_moment
from bot.domain.styles.details import detail_buttons
from bot.domain.subscriptions import Subscription
from bot.domain.visibility import Audience
from bot.ports import Claim, DeliveryStore
from bot.posts import Block, Context, Post, Text, paragraph
from bot.services.digesting import DigestingService
from bot.services.drawing import Charts
from bot.services.posting import PostingService
from bot.texts import Say, Texts

# How long a save may come too late for its digest: longer than missed events are looked for.
LATE_REACH = timedelta(days=7)


class IssuingService:
    def __init__(
        self,
        deliveries: DeliveryStore,
        digesting: DigestingService,
        charts: Charts,
        posting: PostingService,
        *,
        texts: Texts,
    ) -> None:
        self._deliveries = deliveries
        self._digesting = digesting
        self._charts = charts
        self._posting = posting
        self._texts = texts

    async def prepare(self, subscription: Subscription, delivery: Delivery) -> tuple[Digest, str]:
        """Compile a digest ahead, with a fingerprint of what it was made of; draw its chart."""
        told = _relevant(await self._deliveries.list_told(subscription), delivery)
        reach = reach_of(subscription, delivery, told)
        # Taken first: what changes while it is compiled makes a difference.
        fingerprint = await self._fingerprint(subscription, delivery, reach)
        digest = await self._compile(subscription, delivery, reach)
        await self._charts.draw(digest.chart)
        return digest, fingerprint

    async def make(
        self, subscription: Subscription, claim: Claim, *, told_at: datetime
    ) -> tuple[Delivery, Digest]:
        """Compile what it covers; what was prepared will do if it was made of the same."""
        delivery = claim.delivery
        told = _relevant(claim.told, delivery)
        reach = reach_of(subscription, delivery, told)
        digest = claim.digest
        if digest is None or claim.fingerprint != await self._fingerprint(
            subscription, delivery, reach
        ):
            digest = await self._compile(subscription, delivery, reach)
        is_numbered = not (digest.is_empty or delivery.is_manual)
        missed = [each for each in (delivery.missed_at, told.missed_at) if each is not None]
        made = replace(
            delivery,
            number=told.number + 1 if is_numbered else 0,
            title=digest.title,
            missed_at=min(missed, default=None),
            told_at=told_at,
            left_out=digest.left_out,
        )
        return made, digest

    async def write(self, subscription: Subscription, delivery: Delivery, digest: Digest) -> Post:
        """Return the post, the same one for the same delivery and digest."""
        say = self._texts.bind(digest.language)
        zone = ZoneInfo(subscription.zone)
        if digest.is_empty:
            head: tuple[Block, ...] = (paragraph(say("delivery.empty")),)
            post = Post(head, language=digest.language)
        else:
            picture = await self._charts.draw(digest.chart)
            post = self._digesting.chat(digest, picture=picture)
        title, *rest = post.blocks
        platform = self._posting.platform(delivery.workspace)
        command = platform.call_of("subscriptions")
        change = Context((Text(say("delivery.change", command=command)),))
        details = detail_buttons(digest, delivery.id, say)
        about = _about(delivery, zone, say)
        return replace(post, blocks=(title, *about, *rest, *details, change))

    async def _fingerprint(
        self, subscription: Subscription, delivery: Delivery, reach: Reach
    ) -> str:
        zone = ZoneInfo(subscription.zone)
        compared = reach_before(_period(delivery, zone), zone, reach)
        begins = [reach.begin] if compared is None else [reach.begin, compared.since]
        window = await self._deliveries.fingerprint(
            delivery.workspace, since=min(begins), until=reach.until
        )
        chosen = (subscription.style, subscription.language, subscription.size, subscription.zone)
        told = (sorted(reach.told), sorted(reach.left_out))
        rest = replace(reach, told=frozenset(), left_out=frozenset())
        return hashlib.sha256(repr((window, chosen, told, rest)).encode()).hexdigest()

    async def _compile(
        self, subscription: Subscription, delivery: Delivery, reach: Reach
    ) -> Digest:
        zone = ZoneInfo(subscription.zone)
        return await self._digesting.compile(
            delivery.workspace,
            _period(delivery, zone),
            style=subscription.style,
            language=subscription.language,
            zone=zone,
            audience=await self._audience(subscription),
            reach=reach,
            highlights=subscription.size.highlights,
            channel=subscription.place.channel,
        )

    async def _audience(self, subscription: Subscription) -> Audience:
        """Return who reads the place: its channel, or the one member of a direct message."""
        here = subscription.place.channel
        if not subscription.place.is_direct:
            return Audience.of_channel(here)
        platform = self._posting.platform(subscription.workspace)
        member = subscription.made_by
        channels = await platform.list_private_channels(subscription.workspace, member)
        return Audience(channels=channels | {here}, member=member)


def _period(delivery: Delivery, zone: ZoneInfo) -> Period:
    return period_between(delivery.since, delivery.until, zone)


def _relevant(told: Told, delivery: Delivery) -> Told:
    """Drop what says nothing about this one: what comes beside the others takes no notice."""
    if delivery.is_manual:
        return Told()
    if told.missed_at is not None and told.missed_at >= delivery.due_at:
        return replace(told, missed_at=None)
    return told


def reach_of(subscription: Subscription, delivery: Delivery, told: Told) -> Reach:
    """Return what a delivery of this subscription tells after what was told before."""
    late_since = None
    if told.since is not None:
        late_since = max(told.since, delivery.since - LATE_REACH)
    return Reach(
        since=delivery.since,
        until=delivery.until,
        kinds=subscription.kinds,
        topics=subscription.topics,
        sources=subscription.sources,
        told=told.links,
        left_out=told.left_out,
        late_since=late_since,
    )


def _about(delivery: Delivery, zone: ZoneInfo, say: Say) -> list[Block]:
    """Say which one it is, what it covers, and why it is late."""
    since, until = (describe_moment(each, zone, say) for each in (delivery.since, delivery.until))
    span = say("delivery.span", since=since, until=until)
    if delivery.number:
        span = say("delivery.numbered", number=delivery.number, span=span)
    about: list[Block] = [Context((Text(span),))]
    if delivery.is_late:
        due = describe_moment(delivery.missed_at or delivery.due_at, zone, say)
        key = "delivery.late" if delivery.missed_at is None else "delivery.made_up"
        about.append(paragraph(say(key, due=due)))
    return about
