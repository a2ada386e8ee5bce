"""/subscribe and /subscriptions: a channel's standing orders for digests, and their buttons."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from bot.commands.conversation import Conversation
from bot.commands.digesting import compose
from bot.commands.options import Call, parse_language, parse_style, read_call
from bot.commands.router import Router
from bot.domain.digests import Style
from bot.domain.periods import parse_period
from bot.domain.schedules import (
    NINE,
    Every,
    describe,
    describe_moment,
    make_cron,
    next_times,
    parse_cron,
    parse_every,
    parse_time,
    parse_weekday,
    reach_days,
)
from bot.domain.subscriptions import Subscription
from bot.domain.zones import parse_zone
from bot.errors import UsageError, UserError
from bot.events import ButtonPressed, CommandCalled
from bot.ports import ChartDrawer
from bot.posts import (
    Block,
    Bullets,
    Button,
    Buttons,
    Context,
    Heading,
    Item,
    Paragraph,
    Post,
    Text,
    paragraph,
    say,
)
from bot.services.digesting import DigestingService
from bot.services.subscribing import SubscribingService
from bot.specs import CommandSpec, Option, Takes
from bot.texts import LANGUAGES

SUBSCRIBE = CommandSpec(
    "subscribe",
    (
        Option("every", Takes.CHOICE, choices=tuple(Every), default=Every.WEEKLY),
        Option("at", default=NINE, is_suggested=True),
        Option("on", is_suggested=True),
        Option("zone", is_suggested=True),
        Option("style", Takes.CHOICE, choices=tuple(Style), default=Style.WEEKLY),
        Option("language", Takes.CHOICE, choices=LANGUAGES),
        Option("cron"),
    ),
    has_form=True,
)
SUBSCRIPTIONS = CommandSpec("subscriptions", is_private=True)

# The action of every button here; the value is what to do, then the id. It is called like the
# command because platforms take a press to be as open as its command: others hear of changes.
PRESS = SUBSCRIBE.name
_SHOWN_TIMES = 3
_IN_ONE_POST = 5  # a message of Discord's holds five rows of buttons


class SubscribingCommands:
    def __init__(
        self, subscribing: SubscribingService, digesting: DigestingService, charts: ChartDrawer
    ) -> None:
        self._subscribing = subscribing
        self._digesting = digesting
        self._charts = charts
        self._acts = {
            "preview": self._preview,
            "pause": self._pause,
            "resume": self._resume,
            "remove": self._remove,
        }
        self.router = Router(
            commands={SUBSCRIBE: self.subscribe, SUBSCRIPTIONS: self.subscriptions},
            buttons={PRESS: self.press},
        )

    async def subscribe(self, event: CommandCalled, talk: Conversation) -> None:
        options = _claim_words(read_call(event, SUBSCRIBE))
        subscription = _read(options, event, talk)
        is_named = bool(options.get("language"))
        await self._subscribing.add(subscription, is_language_chosen=is_named)
        await talk.post(Post(_confirmation(subscription, talk)))

    async def subscriptions(self, event: CommandCalled, talk: Conversation) -> None:
        found = await self._subscribing.list_here(event.workspace, event.place)
        if not found:
            raise UserError("subscriptions.none")
        is_only = len(found) == 1
        for start in range(0, len(found), _IN_ONE_POST):
            blocks: list[Block] = []
            if start == 0:
                blocks.append(Heading((Text(talk.say("subscriptions.title")),), level=3))
                blocks.append(paragraph(talk.say("subscribe.not_yet")))
            for number, each in enumerate(found[start : start + _IN_ONE_POST], start + 1):
                blocks += _entry(each, talk, label="" if is_only else f"{number}. ")
            await talk.post(Post(tuple(blocks), is_ephemeral=True))

    async def press(self, event: ButtonPressed, talk: Conversation) -> None:
        name, _, subscription = event.value.partition(" ")
        if name not in self._acts:
            raise UserError("command.old_button")
        found = await self._subscribing.get_here(event.workspace, event.place, subscription)
        await self._acts[name](found, talk)

    async def _preview(self, subscription: Subscription, talk: Conversation) -> None:
        """Show the digest to who asked, as the channel would get it now."""
        zone = ZoneInfo(subscription.zone)
        # The day of asking: a second try, after midnight perhaps, finishes the same digest.
        today = talk.event.at.astimezone(zone).date()
        _, post = await compose(
            self._digesting,
            self._charts,
            talk,
            parse_period(f"{subscription.days}d", today=today),
            style=subscription.style,
            language=subscription.language,
            zone=zone,
        )
        note = talk.say_in(subscription.language)("subscription.preview")
        blocks = (*post.blocks, Context((Text(note),)))
        await talk.post(Post(blocks, post.thread, is_ephemeral=True, language=post.language))

    async def _pause(self, subscription: Subscription, talk: Conversation) -> None:
        is_new = await self._subscribing.pause(subscription, is_paused=True)
        await _tell(talk, subscription, "subscription.paused" if is_new else "")

    async def _resume(self, subscription: Subscription, talk: Conversation) -> None:
        is_new = await self._subscribing.pause(subscription, is_paused=False)
        await _tell(talk, subscription, "subscription.resumed" if is_new else "")

    async def _remove(self, subscription: Subscription, talk: Conversation) -> None:
        if not await self._subscribing.remove(subscription):
            raise UserError("subscription.gone")
        await _tell(talk, subscription, "subscription.removed")


async def _tell(talk: Conversation, subscription: Subscription, key: str) -> None:
    """Say openly what somebody changed: it is the channel's. Without a key nothing changed."""
    schedule = describe(subscription.cron, subscription.zone, talk.say)
    if not key:
        state = "paused" if subscription.is_paused else "running"
        await talk.say_quietly(f"subscription.already_{state}", schedule=schedule)
        return
    text = talk.say(key, name=talk.event.member_name, schedule=schedule)
    await talk.post(say(text, language=talk.language))


def _read(options: Mapping[str, str], event: CommandCalled, talk: Conversation) -> Subscription:
    """Return the subscription that a call asks for.

    Raises:
        UsageError: something in it cannot be meant.

    """
    cron = _read_cron(options)
    return Subscription(
        # Short, as the values of buttons must be, and the same for the same call.
        id=hashlib.sha256(event.id.encode()).hexdigest()[:16],
        workspace=event.workspace,
        place=event.place,
        cron=cron,
        zone=parse_zone(options["zone"]) if options.get("zone") else str(talk.zone),
        days=reach_days(cron),
        style=parse_style(options.get("style") or Style.WEEKLY),
        language=parse_language(options.get("language") or talk.language),
        made_by=event.member,
        made_by_name=event.member_name,
        made_at=event.at,
    )


def _claim_words(call: Call) -> Mapping[str, str]:
    """Return the options; words without a name are how often, at what time and where.

    A cron line is typed with spaces: all after its first field are such words.
    """
    options = dict(call.options)
    if options.get("cron"):
        cron = f"{options['cron']} {call.words}"
        return options | {"cron": cron.strip().strip("\"'“”‘’`")}
    for word in call.words.split():
        name = _option_of(word)
        if name in options:
            raise UsageError("subscribe.twice", word=word[:40], option=name)
        options[name] = word
    return options


def _option_of(word: str) -> str:
    for name, parse in _PARSERS.items():
        try:
            parse(word)
        except UsageError:
            continue
        return name
    raise UsageError("subscribe.unknown_word", word=word[:40])


def _read_cron(options: Mapping[str, str]) -> str:
    if not options.get("cron"):
        every = parse_every(options.get("every") or Every.WEEKLY)
        return make_cron(every, at=options.get("at") or NINE, on=options.get("on", ""))
    # A form sends its defaults along, so only what no default says can contradict.
    if options.get("on"):
        raise UsageError("subscribe.cron_alone")
    return parse_cron(options["cron"])


# What a word without a name may be.
_PARSERS: Mapping[str, Callable[[str], object]] = {
    "every": parse_every,
    "at": parse_time,
    "on": parse_weekday,
    "zone": parse_zone,
    "language": parse_language,
}


def _confirmation(subscription: Subscription, talk: Conversation) -> tuple[Block, ...]:
    key = "subscribe.done_direct" if subscription.place.is_direct else "subscribe.done"
    times = _next(subscription, talk, count=_SHOWN_TIMES)
    items = (
        _fact("subscribe.when", describe(subscription.cron, subscription.zone, talk.say), talk),
        _fact("subscribe.what", _what(subscription, talk), talk),
        _fact("subscribe.next", "", talk, *times),
    )
    return (
        paragraph(talk.say(key, name=subscription.made_by_name)),
        paragraph(talk.say("subscribe.not_yet")),
        Bullets(items),
        _buttons(subscription, talk),
    )


def _fact(key: str, fact: str, talk: Conversation, *below: str) -> Item:
    nested = tuple(Item((Text(each),)) for each in below)
    title = (Text(talk.say(key), strong=True), Text(f" {fact}".rstrip()))
    return Item(title, (Bullets(nested),) if nested else ())


def _entry(subscription: Subscription, talk: Conversation, *, label: str) -> tuple[Block, ...]:
    schedule = describe(subscription.cron, subscription.zone, talk.say)
    title = Paragraph(
        (Text(f"{label}{schedule}", strong=True), Text(f" · {_what(subscription, talk)}"))
    )
    state = talk.say("subscriptions.paused")
    if not subscription.is_paused:
        following = _next(subscription, talk, count=1)
        state = talk.say("subscriptions.next", moment="".join(following))
    made = talk.say("subscriptions.made_by", name=subscription.made_by_name)
    return (
        title,
        Context((Text(f"{state} · {made}"),)),
        _buttons(subscription, talk, label=label),
    )


def _what(subscription: Subscription, talk: Conversation) -> str:
    style = talk.say(f"subscribe.style.{subscription.style}")
    return f"{style} · {talk.say(f'choice.{subscription.language}')}"


def _next(subscription: Subscription, talk: Conversation, *, count: int) -> list[str]:
    zone = ZoneInfo(subscription.zone)
    times = next_times(subscription.cron, zone, after=talk.event.at, count=count)
    return [describe_moment(each, zone, talk.say) for each in times]


def _buttons(subscription: Subscription, talk: Conversation, *, label: str = "") -> Buttons:
    """Return what can be done with it. `label` tells buttons apart that stand in one heap."""
    pause = "resume" if subscription.is_paused else "pause"
    return Buttons(
        tuple(
            Button(
                f"{label}{talk.say(f'subscription.do.{name}')}", PRESS, f"{name} {subscription.id}"
            )
            for name in ("preview", pause, "remove")
        )
    )
