"""A subscription as people see it: what comes when, what became of the last one, its buttons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.commands.conversation import Conversation
from bot.commands.subscription_options import SUBSCRIBE, options_of
from bot.commands.subscription_words import (
    next_moments,
    say_fate,
    say_limits,
    say_state,
    say_what,
)
from bot.domain.deliveries import Delivery
from bot.domain.schedules import describe
from bot.domain.subscriptions import Subscription
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
    schedule = schedule[:1].upper() + schedule[1:]
    what = Text(f" · {say_what(subscription, talk.say)}")
    blocks: list[Block] = [Paragraph((Text(f"{label}{schedule}", strong=True), what))]
    if _is_filtered(subscription):
        only = Text(f"{talk.say('subscribe.only')} ")
        blocks.append(Context((only, *_filters(subscription, talk))))
    made = talk.say("subscriptions.made_by", name=subscription.made_by_name)
    blocks.append(Context((Text(f"{say_state(subscription, talk.say)} · {made}"),)))
    if last is not None:
        blocks.append(Context((Text(say_fate(last, subscription, talk.say)),)))
    if has_buttons:
        # What is about the digest and what is about the subscription: Discord's rows hold five.
        of_digest = ["preview", "run", *(["skip"] if subscription.next_run_at else [])]
        blocks.append(_buttons(subscription, talk, of_digest, label=label))
        of_itself = ("edit", _pause(subscription), "remove")
        blocks.append(_buttons(subscription, talk, of_itself, label=label))
    return tuple(blocks)


def chooser(subscriptions: Sequence[Subscription], talk: Conversation) -> Select:
    """Return a menu that shows one of many with its buttons."""
    choices = tuple(
        (f"{number}. {describe(each.cron, each.zone, talk.say)}", f"show {each.id}")
        for number, each in enumerate(subscriptions, start=1)
    )
    return Select(talk.say("subscriptions.choose"), PRESS, choices)


def _facts(subscription: Subscription, talk: Conversation) -> Iterable[Item]:
    yield _fact("subscribe.when", talk, describe(subscription.cron, subscription.zone, talk.say))
    yield _fact("subscribe.what", talk, say_what(subscription, talk.say))
    if _is_filtered(subscription):
        yield _fact("subscribe.only", talk, *_filters(subscription, talk))
    if subscription.is_paused:
        yield _fact("subscribe.next", talk, say_state(subscription, talk.say))
    else:
        times = next_moments(subscription, talk.say, count=_SHOWN_TIMES)
        yield _fact("subscribe.next", talk, below=times)


def _fact(key: str, talk: Conversation, *facts: str | Inline, below: Sequence[str] = ()) -> Item:
    inlines = [Text(each) if isinstance(each, str) else each for each in facts]
    title = (Text(talk.say(key), strong=True), *([Text(" ")] if inlines else []), *inlines)
    nested = tuple(Item((Text(each),)) for each in below)
    return Item(title, (Bullets(nested),) if nested else ())


def _is_filtered(subscription: Subscription) -> bool:
    return bool(subscription.kinds or subscription.topics or subscription.sources)


def _filters(subscription: Subscription, talk: Conversation) -> tuple[Inline, ...]:
    """Return what it keeps to: kinds, topics, channels, each group apart."""
    limits = say_limits(subscription, talk.say)
    inlines: list[Inline] = [Text(limits)]
    for number, channel in enumerate(subscription.sources):
        inlines.append(Text(", " if number else " · " if limits else ""))
        inlines.append(ChannelName(f"#{channel}", channel=channel))
    return tuple(each for each in inlines if each.text)


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
