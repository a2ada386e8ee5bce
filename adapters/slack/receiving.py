"""What Slack delivers: written into the inbox first, acknowledged then."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError
from slack_bolt.async_app import AsyncApp, AsyncRespond
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.action_ids import form_of
from adapters.slack.client import SlackClients
from adapters.slack.errors import translate as translate_error
from adapters.slack.events import translate
from adapters.slack.forms import Origin, make_form, origin_of
from adapters.slack.identity import Identity
from adapters.slack.lookups import SlackLookups
from adapters.slack.reading import SlackRefused
from adapters.slack.tenancy import Tenancy
from bot.domain.models import MemberId
from bot.errors import BotError, ConfigError, SendUnsure, TransientError
from bot.ports import Intake
from bot.specs import EVERYTHING, CommandSpec
from bot.texts import Say

log = logging.getLogger(__name__)


# Slack wants the answer, and the modal, within 3 s of the call. Source: docs.slack.dev, "Handling
# user interaction in your Slack apps". The inbox must have its turn in them.
LANGUAGE_WITHIN_S = 0.7
FORM_WITHIN_S = 1.5

_ANY = re.compile("")


class _App(AsyncApp):
    """Bolt, with `hear_other` for deliveries that no listener can be had for.

    A middleware would be called for each and every event, which costs Bolt as much as a listener.
    """

    def __init__(self, hear_other: Callable[[Mapping[str, Any]], bool], **settings: Any) -> None:
        super().__init__(**settings)
        self._hear_other = hear_other

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer; what is not found has been found to be Slack's before."""
        answer = await super().async_dispatch(req)
        if answer.status == HTTPStatus.NOT_FOUND and self._hear_other(req.body):
            return BoltResponse(status=HTTPStatus.OK)
        return answer


class Receiver:
    """Hands on what Bolt delivers. `refuse` is told when Slack has shown us the door."""

    def __init__(
        self,
        intake: Intake,
        me: Identity,
        *,
        clients: SlackClients,
        lookups: SlackLookups,
        refuse: Callable[[ConfigError], None],
    ) -> None:
        self._intake = intake
        self._me = me
        self._clients = clients
        self._lookups = lookups
        self._refuse = refuse
        self._tenancy = Tenancy(me.team)
        self._specs = {spec.name: spec for spec in intake.specs}

    def make_app(self, *, token: str, signing_secret: str) -> AsyncApp:
        """Return the Bolt app. Its answer goes out only when the listener has returned."""
        # Bolt's warnings are for who writes listeners; without a level it makes all its messages.
        bolt_log = logging.getLogger("slack_bolt.jubo")
        bolt_log.setLevel(logging.ERROR)
        app = _App(
            self.hear_other,
            name="jubo",
            logger=bolt_log,
            # A client with a token would have Bolt ask auth.test while it delivers, and Bolt
            # acknowledges what comes while that fails: it would be lost.
            client=AsyncWebClient(
                base_url=self._clients.reading.base_url, session=self._clients.session
            ),
            authorize=self._authorize_with(token),
            signing_secret=signing_secret,
            process_before_response=True,
        )
        app.event(_ANY)(self.on_event)
        app.command(_ANY)(self.on_command)
        app.shortcut(_ANY)(self.on_act)
        app.action(_ANY)(self.on_act)
        app.view(_ANY)(self.on_form)
        app.error(_log_failure)
        return app

    def hear_other(self, body: Mapping[str, Any]) -> bool:
        """Take the notice that Slack drops events: more than 30,000 came within an hour."""
        if body.get("type") != "app_rate_limited":
            return False
        if not self._tenancy.is_foreign(body):
            log.warning("Slack drops events for a while, their channels are read instead")
            self._intake.on_connected(self._me.workspace)
        return True

    async def on_event(self, body: dict[str, Any]) -> None:
        """Bolt acknowledges when this returns, and not if it raises: then Slack sends it again."""
        if self._tenancy.is_foreign(body):
            return
        if is_farewell(body["event"], self._me):
            self._refuse(SlackRefused("slack.uninstalled"))
        elif await self._put(body):
            self._intake.on_event()

    async def on_command(self, body: dict[str, Any], ack: AsyncAck) -> None:
        try:
            is_done = self._tenancy.is_foreign(body) or await self._open_form(body)
        except SendUnsure:
            await ack(text=self._where_is_form(body), response_type="ephemeral")
            return
        if is_done:
            await ack()
        elif await self._is_kept(body):
            await ack()
            self._intake.on_event()
        else:
            await ack(text=self._try_again(body["user_id"]), response_type="ephemeral")

    async def on_act(self, body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> None:
        """Take a button, a choice or a shortcut. Slack delivers these once only."""
        if self._tenancy.is_foreign(body) or await self._open_filled_form(body):
            await ack()
            return
        is_kept = await self._is_kept(body)
        await ack()
        if is_kept:
            self._intake.on_event()
        elif body.get("response_url"):
            text = self._try_again(body["user"]["id"])
            await respond(text=text, response_type="ephemeral", replace_original=False)

    async def on_form(self, body: dict[str, Any], ack: AsyncAck) -> None:
        """Take a form that was sent; where that cannot be, it stays open with what was typed."""
        member = body["user"]["id"]
        if self._tenancy.is_foreign(body):
            await ack()
        elif origin_of(body["view"]) is None:  # another version of us opened it
            language = await self._language_of(MemberId(member))
            await _keep_open(body, ack, self._intake.texts.get(language, "command.old_form"))
        elif await self._is_kept(body):
            await ack()
            self._intake.on_event()
        else:
            await _keep_open(body, ack, self._try_again(member))

    async def _put(self, body: Mapping[str, Any]) -> bool:
        event = translate(body, me=self._me, now=self._intake.clock.now())
        return event is not None and await self._intake.inbox.put(event)

    async def _is_kept(self, body: Mapping[str, Any]) -> bool:
        """Keep what a member waits for; False if it could not be, so that they are told."""
        try:
            await self._put(body)
        except Exception:
            log.exception("an act was not kept")
            return False
        return True

    # Forms

    async def _open_form(self, body: Mapping[str, Any]) -> bool:
        """Ask for the options of a command that was called bare; False if that did not work.

        Raises:
            SendUnsure: the form may be there, and would ask for the same again.

        """
        spec = self._bare_command(body)
        if spec is None or not spec.has_form:
            return False
        return await self._open(
            spec, body["trigger_id"], member=body["user_id"], channel=body["channel_id"]
        )

    async def _open_filled_form(self, body: Mapping[str, Any]) -> bool:
        """Open what a button holds; False if there is none, or it may not be there.

        Then the press is answered like any other, with the way to do the same by typing.
        """
        pressed = (body.get("actions") or [{}])[0]
        form = form_of(pressed.get("value") or "")
        channel = (body.get("channel") or {}).get("id")
        if form is None or not channel or form.command not in self._specs:
            return False
        spec, member = self._specs[form.command], body["user"]["id"]
        values = dict(form.options)
        try:
            return await self._open(
                spec, body["trigger_id"], member=member, channel=channel, values=values
            )
        except SendUnsure:
            return False

    async def _open(
        self,
        spec: CommandSpec,
        trigger: str,
        *,
        member: str,
        channel: str,
        values: Mapping[str, str] | None = None,
    ) -> bool:
        form = make_form(
            spec,
            Origin(command=spec.name, channel=channel),
            texts=self._intake.texts,
            language=await self._language_of(MemberId(member)),
            values=values,
        )
        try:
            async with asyncio.timeout(FORM_WITHIN_S):
                await self._clients.posting.views_open(trigger_id=trigger, view=form)
        except (SlackClientError, ClientError, OSError, TimeoutError) as error:
            log.warning("form not opened", extra={"command": spec.name, "reason": str(error)})
            meant = translate_error(error)
            if isinstance(meant, SendUnsure):
                raise meant from error
            return False
        return True

    def _bare_command(self, body: Mapping[str, Any]) -> CommandSpec | None:
        name, typed = body["command"].removeprefix("/"), (body.get("text") or "").split()
        if name == EVERYTHING and len(typed) == 1:
            return self._specs.get(typed[0].lower().removeprefix("/"))
        return None if typed else self._specs.get(name)

    async def _language_of(self, member: MemberId) -> str:
        """Prefer the member's own language, as answers do, if Slack tells it soon enough."""
        try:
            async with asyncio.timeout(LANGUAGE_WITHIN_S):
                person = await self._lookups.find_person(member)
                if person.language:
                    return person.language
                chosen = await self._intake.workspaces.get_settings(self._me.workspace)
                return chosen.language or self._intake.language
        except (BotError, KeyError, TimeoutError):
            return self._intake.language

    def _where_is_form(self, body: Mapping[str, Any]) -> str:
        spec = self._bare_command(body)
        say = self._say_to(body["user_id"])
        return say("slack.form_unsure", example=say(f"command.{spec.name}_example") if spec else "")

    def _try_again(self, member: str) -> str:
        return self._say_to(member)(TransientError.message_key)

    def _say_to(self, member: str) -> Say:
        known = self._lookups.known_language(MemberId(member))
        return self._intake.texts.bind(known or self._intake.language)

    def _authorize_with(self, token: str) -> Callable[..., Any]:
        known = AuthorizeResult(
            enterprise_id=None,
            team_id=self._me.team,
            bot_user_id=self._me.member,
            bot_id=self._me.bot_id,
            bot_token=token,
        )

        async def authorize() -> AuthorizeResult:
            return known

        return authorize


async def _keep_open(body: Mapping[str, Any], ack: AsyncAck, text: str) -> None:
    first = body["view"]["blocks"][0]["block_id"]
    await ack(response_action="errors", errors={first: text})


def is_farewell(event: Mapping[str, Any], me: Identity) -> bool:
    if event.get("type") == "tokens_revoked":
        return me.member in ((event.get("tokens") or {}).get("bot") or ())
    return event.get("type") == "app_uninstalled"


async def _log_failure(error: Exception, body: dict[str, Any]) -> None:
    """Leave the delivery unacknowledged: the answer is already a failure."""
    kind = (body.get("event") or body).get("type") or body.get("command")
    log.warning("delivery failed, Slack will send it again", extra={"kind": kind}, exc_info=error)
