"""Reading a channel's past: `/save channel: since:` begins it, a button at its progress ends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bot.commands.conversation import Conversation
from bot.commands.options import parse_channel, parse_midnight
from bot.commands.router import Router
from bot.domain.backfills import Backfill
from bot.domain.models import ChannelId, Place
from bot.errors import UsageError, UserError
from bot.events import ButtonPressed, CommandCalled
from bot.services.backfilling import BackfillingService

DEFAULT_SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody asked for, as far as the command says it."""

    channel: ChannelId
    since: datetime
    is_typed: bool = False  # as plain words, which may be a name that no platform resolves


class BackfillingCommands:
    def __init__(self, backfilling: BackfillingService) -> None:
        self._backfilling = backfilling
        self.router = Router(buttons={"backfill": self.press})

    def plan(self, event: CommandCalled, talk: Conversation, options: Mapping[str, str]) -> Plan:
        """Read the options `channel` (where it is said, if left out) and `since` (30 days ago).

        Raises:
            UsageError: no such channel can be, or the day is still to come.

        """
        since = event.at - DEFAULT_SPAN
        if "since" in options:
            since = parse_midnight(options["since"], talk.zone)
            if since > event.at:
                raise UsageError("backfill.day_to_come", day=options["since"])
        if "channel" in options:
            text = options["channel"]
            is_typed = "channel" not in dict(event.options) and not text.startswith("<#")
            return Plan(parse_channel(text), since, is_typed)
        if event.place.is_direct:
            raise UsageError("backfill.which_channel")
        return Plan(event.place.channel, since)

    async def start(self, plan: Plan, talk: Conversation) -> None:
        event = talk.event
        backfill = Backfill(
            id=sha256(event.id.encode()).hexdigest()[:16],
            workspace=event.workspace,
            # Whether it is private is seen when reading begins, before anything is saved.
            place=Place(plan.channel, is_private=True),
            since=plan.since,
            member=event.member,
            member_name=event.member_name,
            language=talk.language,
            asked_in=event.place,
            asked_at=event.at,
        )
        try:
            await self._backfilling.start(backfill)
        except UserError as error:
            if plan.is_typed and error.message_key == "backfill.not_in_channel":
                raise UserError("backfill.choose_channel", channel=plan.channel) from error
            raise
        day = plan.since.astimezone(talk.zone).date()
        await talk.say_quietly("backfill.begun", day=day)

    async def press(self, event: ButtonPressed, talk: Conversation) -> None:
        action, _, backfill = event.value.partition(" ")
        if action != "stop":
            raise UserError("command.old_button")
        is_stopped = await self._backfilling.stop(event.workspace, backfill)
        await talk.say_quietly("backfill.will_stop" if is_stopped else "backfill.ended")
