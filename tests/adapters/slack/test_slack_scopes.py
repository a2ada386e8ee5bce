"""The app asks for the rights that Slack's pages name for what it does, and hears what it uses."""

from __future__ import annotations

from datetime import UTC, datetime

from adapters.slack.events import translate
from adapters.slack.identity import Identity
from adapters.slack.manifest import manifest
from adapters.slack.receiving import is_farewell
from adapters.slack.scopes import EVENTS, METHODS
from bot.domain.models import MemberId, WorkspaceId
from tests.adapters.slack import slack_documented as documented
from tests.adapters.slack.slack_connecting import SPECS

ME = Identity(WorkspaceId("slack:T1"), "Study", team="T1", member=MemberId("U0BOT"))
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_each_method_has_the_scopes_that_slack_names() -> None:
    assert {name: set(scopes) for name, scopes in METHODS.items()} == {
        name: scopes - documented.NOT_ASKED_FOR.get(name, set())
        for name, scopes in documented.METHODS.items()
    }


def test_what_is_subscribed_is_what_is_understood() -> None:
    understood = {name for name in documented.EVENTS if is_understood(name)}

    assert set(EVENTS) == understood


def is_understood(name: str) -> bool:
    event = documented.payload_of(name, member="U1", us=ME.member)
    body = {"type": "event_callback", "event": event}
    return is_farewell(event, ME) or translate(body, me=ME, now=NOW) is not None


def test_each_event_has_the_scopes_that_slack_names() -> None:
    assert {name: set(scopes) for name, scopes in EVENTS.items()} == {
        name: documented.EVENTS[name] for name in EVENTS
    }


def test_the_manifest_asks_for_all_of_that_and_no_more() -> None:
    made = manifest(SPECS)

    named = documented.FEATURES.union(*documented.METHODS.values()) - set().union(
        *documented.NOT_ASKED_FOR.values()
    )
    for name in made["settings"]["event_subscriptions"]["bot_events"]:
        named |= documented.EVENTS[name]
    assert set(made["oauth_config"]["scopes"]["bot"]) == named
