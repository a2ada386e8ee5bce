"""A subscription as people see it: what comes when, what became of the last one, its buttons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commands.conversation import Conversation
from bot.commands.subscription_options import SUBSCRIBE, options_of
from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.schedules import describe, describe_moment, next_times
from bot.domain.subscriptions import Size, Subscription
from bot.domain.topic_names import name_topic
from bot.posts import (
    Block,
    Bullets,
    Button,
    Buttons,
    ChannelName,
    Context,
    Form,
    Inline,
    Item,
    Paragraph,
    Select,
    Text,
)

# The action of every button here; the value is what to do, then the id. It is called like the
# command because platforms take a press to be as open as its command: others hear of changes.
PRESS = SUBSCRIBE.name
MOST_WITH_BUTTONS = 2  # of a list: Discord has five rows of buttons for a message
_SHOWN_TIMES = 3


def confirmation(subscription: Subscription, talk: Conversation) -> tuple[Block, ...]:
    """Return what comes when, the next three times, and what can be done about it."""
    return (
        Bullets(tuple(_facts(subscription, talk))),
        _buttons(subscription, talk, ("preview", "edit", _pause(subscription), "remove")),
    )


def entry(
    subscription: Subscription,
    last: Delivery | None,
    talk: Conversation,
    *,
    number: int = 0,
    has_buttons: bool = True,
) -> tuple[Block, ...]:
    """Return one of a list; `number` tells those of one list apart, 0 where it is alone."""
    label = f"{number}. " if number else ""
    schedule = describe(subscription.cron, subscription.zone, talk.say)
    what = Text(f" · {_what(subscription, talk)}")
    blocks: list[Block] = [Paragraph((Text(f"{label}{schedule}", strong=True), what))]
    if _is_filtered(subscription):
        only = Text(f"{talk.say('subscribe.only')} ")
        blocks.append(Context((only, *_filters(subscription, talk))))
    made = talk.say("subscriptions.made_by", name=subscription.made_by_name)
    blocks.append(Context((Text(f"{_state(subscription, talk)} · {made}"),)))
    if last is not None:
        blocks.append(Context((Text(_fate(last, subscription, talk)),)))
    if has_buttons:
        names = ["preview", "run", "skip", "edit", _pause(subscription), "remove"]
        if subscription.next_run_at is None:
            names.remove("skip")
        blocks.append(_buttons(subscription, talk, names, label=label))
    return tuple(blocks)


def chooser(subscriptions: Sequence[Subscription], talk: Conversation) -> Select:
    """Return a menu that shows one of many with its buttons."""
    choices = tuple(
        (f"{number}. {describe(each.cron, each.zone, talk.say)}", f"show {each.id}")
        for number, each in enumerate(subscriptions, start=1)
    )
    return Select(talk.say("subscriptions.choose"), PRESS, choices)


def next_moments(subscription: Subscription, talk: Conversation, *, count: int) -> list[str]:
    """Return in words when it comes next, earliest first; none while it is paused."""
    due = subscription.next_run_at
    if due is None:
        return []
    zone = ZoneInfo(subscription.zone)
    later = next_times(subscription.cron, zone, after=due, count=count - 1)
    return [describe_moment(each, zone, talk.say) for each in (due, *later)]


def moment_of(moment: datetime, subscription: Subscription, talk: Conversation) -> str:
    return describe_moment(moment, ZoneInfo(subscription.zone), talk.say)


def _facts(subscription: Subscription, talk: Conversation) -> Iterable[Item]:
    yield _fact("subscribe.when", talk, describe(subscription.cron, subscription.zone, talk.say))
    yield _fact("subscribe.what", talk, _what(subscription, talk))
    if _is_filtered(subscription):
        yield _fact("subscribe.only", talk, *_filters(subscription, talk))
    if subscription.is_paused:
        yield _fact("subscribe.next", talk, _state(subscription, talk))
    else:
        times = next_moments(subscription, talk, count=_SHOWN_TIMES)
        yield _fact("subscribe.next", talk, below=times)


def _fact(key: str, talk: Conversation, *facts: str | Inline, below: Sequence[str] = ()) -> Item:
    inlines = [Text(each) if isinstance(each, str) else each for each in facts]
    title = (Text(talk.say(key), strong=True), *([Text(" ")] if inlines else []), *inlines)
    nested = tuple(Item((Text(each),)) for each in below)
    return Item(title, (Bullets(nested),) if nested else ())


def _what(subscription: Subscription, talk: Conversation) -> str:
    parts = [
        talk.say(f"subscribe.style.{subscription.style}"),
        talk.say(f"choice.{subscription.language}"),
    ]
    if subscription.size is not Size.NORMAL:
        parts.insert(1, talk.say(f"subscribe.size.{subscription.size}"))
    if subscription.posts_empty:
        parts.append(talk.say("subscribe.with_empty"))
    return " · ".join(parts)


def _is_filtered(subscription: Subscription) -> bool:
    return bool(subscription.kinds or subscription.topics or subscription.sources)


def _filters(subscription: Subscription, talk: Conversation) -> tuple[Inline, ...]:
    """Return what it keeps to: kinds, topics, channels, each group apart."""
    kinds = ", ".join(talk.say(f"choice.{kind}") for kind in subscription.kinds)
    topics = ", ".join(name_topic(each, language=talk.language) for each in subscription.topics)
    inlines: list[Inline] = [Text(" · ".join(filter(None, (kinds, topics))))]
    for number, channel in enumerate(subscription.sources):
        inlines.append(Text(", " if number else " · " if kinds or topics else ""))
        inlines.append(ChannelName(f"#{channel}", channel=channel))
    return tuple(each for each in inlines if each.text)


def _state(subscription: Subscription, talk: Conversation) -> str:
    if subscription.pause_reason:
        return talk.say("subscriptions.stopped", why=_reason(subscription.pause_reason, talk))
    if subscription.is_paused and subscription.changed_by_name:
        return talk.say("subscriptions.paused_by", name=subscription.changed_by_name)
    if subscription.is_paused:
        return talk.say("subscriptions.paused")
    following = "".join(next_moments(subscription, talk, count=1))
    if not following:
        return talk.say("subscriptions.never")
    return talk.say("subscriptions.next", moment=following)


def _fate(last: Delivery, subscription: Subscription, talk: Conversation) -> str:
    """Return in words what became of one: when, and its number or why it did not come."""
    moment = moment_of(last.due_at, subscription, talk)
    match last.state:
        case DeliveryState.DELIVERED if last.number:
            return talk.say("subscriptions.last_number", moment=moment, number=last.number)
        case DeliveryState.DELIVERED:
            return talk.say("subscriptions.last_manual", moment=moment)
        case DeliveryState.EMPTY:
            return talk.say("subscriptions.last_empty", moment=moment)
        case DeliveryState.FAILED:
            why = _reason(last.reason, talk)
            return talk.say("subscriptions.last_failed", moment=moment, why=why)
        case DeliveryState.PLANNED | DeliveryState.PREPARED:
            return talk.say("subscriptions.last_planned", moment=moment)


def _reason(key: str, talk: Conversation) -> str:
    """Return a reason in words; one of another version, or that needs values, is none."""
    try:
        return talk.say(key)
    except KeyError:
        return talk.say("subscriptions.unknown_reason")


def _pause(subscription: Subscription) -> str:
    return "resume" if subscription.is_paused else "pause"


def _buttons(
    subscription: Subscription, talk: Conversation, names: Iterable[str], *, label: str = ""
) -> Buttons:
    """Return what can be done with it. `label` tells buttons apart that stand in one heap."""
    return Buttons(tuple(_button(name, subscription, talk, label=label) for name in names))


def _button(name: str, subscription: Subscription, talk: Conversation, *, label: str) -> Button:
    text = f"{label}{talk.say(f'subscription.do.{name}')}"
    value = f"{name} {subscription.id}"
    if name == "edit":
        return Button(text, PRESS, value, Form(SUBSCRIBE.name, options_of(subscription)))
    if name == "skip" and subscription.next_run_at is not None:
        # Which one: a second press, or one on an old list, leaves out no other.
        value = f"{value} {int(subscription.next_run_at.timestamp())}"
    return Button(text, PRESS, value)
