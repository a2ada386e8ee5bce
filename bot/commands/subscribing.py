"""/subscribe and /subscriptions: a channel's standing orders for digests, and their buttons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commands.conversation import Conversation
from bot.commands.digesting import compose
from bot.commands.options import read_call
from bot.commands.router import Router
from bot.commands.subscription_options import (
    CHANGE,
    SUBSCRIBE,
    Asked,
    claim_words,
    read_change,
    read_new,
    short_id,
)
from bot.commands.subscription_views import (
    MOST_WITH_BUTTONS,
    PRESS,
    chooser,
    confirmation,
    entry,
)
from bot.commands.subscription_words import next_moments, say_moment
from bot.domain.material import Reach
from bot.domain.periods import period_between
from bot.domain.schedules import describe
from bot.domain.subscriptions import Subscription
from bot.errors import UsageError, UserError
from bot.events import ButtonPressed, CommandCalled
from bot.ports import ChartDrawer
from bot.posts import Block, Context, Heading, Post, Text, paragraph, say
from bot.services.digesting import DigestingService
from bot.services.sources import SourceChecker
from bot.services.subscribing import ChangedMeanwhile, SubscribingService
from bot.specs import CommandSpec

SUBSCRIPTIONS = CommandSpec("subscriptions", is_private=True)


class SubscribingCommands:
    def __init__(
        self,
        subscribing: SubscribingService,
        sources: SourceChecker,
        digesting: DigestingService,
        charts: ChartDrawer,
    ) -> None:
        self._subscribing = subscribing
        self._sources = sources
        self._digesting = digesting
        self._charts = charts
        self._acts = {
            "show": self._show,
            "preview": self._preview,
            "run": self._run,
            "skip": self._skip,
            "edit": self._edit,
            "pause": self._pause,
            "resume": self._resume,
            "remove": self._remove,
        }
        self.router = Router(
            commands={SUBSCRIBE: self.subscribe, SUBSCRIPTIONS: self.subscriptions},
            buttons={PRESS: self.press},
        )

    # What is typed, or sent in a form

    async def subscribe(self, event: CommandCalled, talk: Conversation) -> None:
        options = claim_words(read_call(event, SUBSCRIBE))
        if CHANGE in options:
            await self._change(options, event, talk)
            return
        wanted = read_new(options, _asked(event, talk))
        await self._check_sources(wanted, talk)
        await self._subscribing.add(wanted, is_language_chosen="language" in options)
        kept = await self._subscribing.get_here(event.workspace, event.place, wanted.id)
        key = "subscribe.done_direct" if kept.place.is_direct else "subscribe.done"
        first = paragraph(talk.say(key, name=kept.made_by_name))
        await talk.post(Post((first, *confirmation(kept, talk))))

    async def _change(
        self, options: dict[str, str], event: CommandCalled, talk: Conversation
    ) -> None:
        which, _, version = options.pop(CHANGE).partition("@")
        before = await self._find(which, event, talk)
        act = short_id(event.id)
        if version and version != str(before.version) and before.changed_in != act:
            await self._tell_changed(ChangedMeanwhile(before), talk)
            return
        if not options:
            await self._edit(before, "", talk)
            return
        wanted = read_change(before, options, emoji=talk.emoji, is_form=bool(version))
        await self._check_sources(wanted, talk)
        try:
            after = await self._subscribing.change(before, wanted, by=event.member_name, act=act)
        except ChangedMeanwhile as changed:
            await self._tell_changed(changed, talk)
            return
        first = paragraph(talk.say("subscription.changed", name=event.member_name))
        await talk.post(Post((first, *confirmation(after, talk))))

    async def _check_sources(self, wanted: Subscription, talk: Conversation) -> None:
        if wanted.sources:
            await self._sources.check(wanted, theirs=await talk.list_private_channels())

    async def _find(self, which: str, event: CommandCalled, talk: Conversation) -> Subscription:
        """Return one by its number in the list, or by its id."""
        if not which.isdecimal() or len(which) > 3:  # an id is longer
            return await self._subscribing.get_here(event.workspace, event.place, which)
        found = await self._subscribing.list_here(event.workspace, talk.place)
        if not 1 <= int(which) <= len(found):
            raise UsageError("subscription.no_number", number=which)
        return found[int(which) - 1]

    async def subscriptions(self, event: CommandCalled, talk: Conversation) -> None:
        found = await self._subscribing.list_here(event.workspace, event.place)
        if not found:
            raise UserError("subscriptions.none")
        has_buttons = len(found) <= MOST_WITH_BUTTONS
        blocks: list[Block] = [Heading((Text(talk.say("subscriptions.title")),), level=3)]
        for number, each in enumerate(found, start=1):
            blocks += entry(
                each,
                await self._subscribing.find_last(each),
                talk,
                number=number if len(found) > 1 else 0,
                has_buttons=has_buttons,
            )
        if not has_buttons:
            blocks.append(chooser(found, talk))
        await talk.post(Post(tuple(blocks), is_ephemeral=True))

    # Buttons

    async def press(self, event: ButtonPressed, talk: Conversation) -> None:
        name, _, rest = event.value.partition(" ")
        subscription, _, more = rest.partition(" ")
        if name not in self._acts:
            raise UserError("command.old_button")
        found = await self._subscribing.get_here(event.workspace, event.place, subscription)
        try:
            await self._acts[name](found, more, talk)
        except ChangedMeanwhile as changed:
            await self._tell_changed(changed, talk)

    async def _show(self, subscription: Subscription, more: str, talk: Conversation) -> None:
        del more
        last = await self._subscribing.find_last(subscription)
        await talk.post(Post(entry(subscription, last, talk), is_ephemeral=True))

    async def _tell_changed(self, changed: ChangedMeanwhile, talk: Conversation) -> None:
        """Say who was first, and how it stands now, with buttons for that."""
        first = paragraph(talk.say(changed.message_key, **changed.values))
        last = await self._subscribing.find_last(changed.now)
        await talk.post(Post((first, *entry(changed.now, last, talk)), is_ephemeral=True))

    async def _preview(self, subscription: Subscription, more: str, talk: Conversation) -> None:
        """Show the digest to who asked, as *run now* would post it."""
        del more
        zone = ZoneInfo(subscription.zone)
        # The moment of asking: a second try finishes the same digest.
        until = talk.event.at.astimezone(zone)
        since = until - timedelta(days=subscription.days)
        _, post = await compose(
            self._digesting,
            self._charts,
            talk,
            period_between(since, until, zone),
            style=subscription.style,
            language=subscription.language,
            zone=zone,
            reach=Reach(
                since=since,
                until=until,
                kinds=subscription.kinds,
                topics=subscription.topics,
                sources=subscription.sources,
            ),
            highlights=subscription.size.highlights,
        )
        note = talk.say_in(subscription.language)("subscription.preview")
        blocks = (*post.blocks, Context((Text(note),)))
        await talk.post(Post(blocks, post.thread, is_ephemeral=True, language=post.language))

    async def _run(self, subscription: Subscription, more: str, talk: Conversation) -> None:
        del more
        await self._subscribing.run_now(subscription, act=short_id(talk.event.id))
        name = talk.event.member_name
        text = talk.say("subscription.will_run", name=name, days=subscription.days)
        await talk.post(say(text, language=talk.language))

    async def _skip(self, subscription: Subscription, more: str, talk: Conversation) -> None:
        """Leave out the one that the button was made for."""
        act = short_id(talk.event.id)
        due = subscription.next_run_at
        if subscription.changed_in != act and (due is None or more != str(int(due.timestamp()))):
            state = "paused" if subscription.is_paused else "elsewhere"
            moment = "".join(next_moments(subscription, talk.say, count=1))
            await talk.say_quietly(f"subscription.not_skipped_{state}", moment=moment)
            return
        after = await self._subscribing.skip(subscription, by=talk.event.member_name, act=act)
        key = "subscription.skipped" if after.next_run_at else "subscription.skipped_last"
        text = talk.say(
            key,
            name=talk.event.member_name,
            moment=_moment_of(more, subscription, talk),
            next="".join(next_moments(after, talk.say, count=1)),
        )
        await talk.post(say(text, language=talk.language))

    async def _edit(self, subscription: Subscription, more: str, talk: Conversation) -> None:
        """Say how it is changed by typing: where there is a form, the button opened that."""
        del more
        found = await self._subscribing.list_here(talk.event.workspace, talk.place)
        number = [each.id for each in found].index(subscription.id) + 1
        text = talk.say("subscription.how_to_change", number=number)
        await talk.post(say(text, language=talk.language, is_ephemeral=True))

    async def _pause(self, subscription: Subscription, more: str, talk: Conversation) -> None:
        del more
        await self._set_paused(subscription, talk, is_paused=True)

    async def _resume(self, subscription: Subscription, more: str, talk: Conversation) -> None:
        del more
        await self._set_paused(subscription, talk, is_paused=False)

    async def _set_paused(
        self, subscription: Subscription, talk: Conversation, *, is_paused: bool
    ) -> None:
        after = await self._subscribing.pause(
            subscription,
            is_paused=is_paused,
            by=talk.event.member_name,
            act=short_id(talk.event.id),
        )
        if after is None:
            state = "already_paused" if is_paused else "already_running"
            await talk.say_quietly(f"subscription.{state}", schedule=_schedule(subscription, talk))
            return
        await _tell(talk, after, "subscription.paused" if is_paused else "subscription.resumed")

    async def _remove(self, subscription: Subscription, more: str, talk: Conversation) -> None:
        del more
        if not await self._subscribing.remove(subscription):
            raise UserError("subscription.gone")
        await _tell(talk, subscription, "subscription.removed")


def _asked(event: CommandCalled, talk: Conversation) -> Asked:
    return Asked(
        act=event.id,
        workspace=event.workspace,
        place=event.place,
        member=event.member,
        member_name=event.member_name,
        at=event.at,
        zone=str(talk.zone),
        language=talk.language,
        emoji=talk.emoji,
    )


async def _tell(talk: Conversation, subscription: Subscription, key: str) -> None:
    """Say openly what somebody changed: it is the channel's."""
    text = talk.say(
        key,
        name=talk.event.member_name,
        schedule=_schedule(subscription, talk),
        moment="".join(next_moments(subscription, talk.say, count=1)),
    )
    await talk.post(say(text, language=talk.language))


def _schedule(subscription: Subscription, talk: Conversation) -> str:
    return describe(subscription.cron, subscription.zone, talk.say)


def _moment_of(timestamp: str, subscription: Subscription, talk: Conversation) -> str:
    return say_moment(datetime.fromtimestamp(int(timestamp), UTC), subscription, talk.say)
