"""The manifest asks for what the code uses, no more; the doctor says what to click."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

import adapters.slack
from adapters.slack.doctor import check_slack
from adapters.slack.manifest import call_of, manifest
from adapters.slack.scopes import APP_METHODS, METHODS, needed_scopes
from bot.ports import Finding
from bot.texts import LANGUAGES, Texts
from tests.adapters.slack.slack_connecting import SPECS
from tests.servers.slack_server import (
    APP_TOKEN,
    BOT_TOKEN,
    HTTP_TOKEN,
    SIGNING_SECRET,
    SlackServer,
)

# What a method of the client calls that has not its name.
CALLS_MORE = {"files.upload.v2": ("files.getUploadURLExternal", "files.completeUploadExternal")}
FOLDER = Path(adapters.slack.__file__).parent


def called_methods() -> set[str]:
    """Return the Web API methods that the adapter's code names, as calls or by their names."""
    known = {name.replace("_", ".") for name in vars(AsyncWebClient) if not name.startswith("_")}
    named: set[str] = set()
    for path in FOLDER.glob("*.py"):
        if path.name != "scopes.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute):
                    named.add(node.attr.replace("_", "."))
                elif isinstance(node, ast.Constant):
                    named.add(str(node.value))
    return {method for name in named & known for method in CALLS_MORE.get(name, (name,))}


def test_each_method_that_is_called_stands_in_the_table_and_no_other() -> None:
    assert called_methods() == {*METHODS, *APP_METHODS}


def test_the_manifest_is_for_socket_mode() -> None:
    made = manifest(SPECS)

    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["org_deploy_enabled"] is False
    assert made["settings"]["token_rotation_enabled"] is False
    assert [each["command"] for each in made["features"]["slash_commands"]] == [
        "/jubo",
        "/digest",
        "/ask",
    ]
    assert "request_url" not in str(made)


@pytest.mark.parametrize("url", ["https://bot.example.com", "https://bot.example.com/slack/events"])
def test_the_manifest_is_for_http_where_there_is_an_address(url: str) -> None:
    made = manifest(SPECS, url=url)

    request = "https://bot.example.com/slack/events"
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == request
    assert made["settings"]["interactivity"]["request_url"] == request
    assert {each["url"] for each in made["features"]["slash_commands"]} == {request}


def test_every_command_is_called_by_a_name_that_the_manifest_brings() -> None:
    brought = {each["command"] for each in manifest(SPECS)["features"]["slash_commands"]}

    for spec in SPECS:
        call, _, rest = call_of(spec.name).partition(" ")
        assert call in brought
        assert rest == ("" if call == f"/{spec.name}" else spec.name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manifest_keeps_to_slacks_limits(language: str) -> None:
    made = manifest(SPECS, language=language)

    (shortcut,) = made["features"]["shortcuts"]
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["description"]) <= 150
    assert len(made["display_information"]["description"]) <= 140


async def check(
    slack: SlackServer,
    *,
    bot_token: str = BOT_TOKEN,
    app_token: str = APP_TOKEN,
    signing_secret: str = "",
    listen: str = "",
) -> list[Finding]:
    findings = await check_slack(
        bot_token=bot_token,
        app_token=app_token,
        signing_secret=signing_secret,
        api_url=slack.api_url,
        listen=listen,
        specs=SPECS,
    )
    for each in findings:
        assert Texts.load().get("ko", each.key, **each.values)
    return list(findings)


def keys(findings: list[Finding], *, are_ok: bool) -> list[str]:
    return [each.key for each in findings if each.is_ok is are_ok]


async def test_good_settings_are_good(slack: SlackServer) -> None:
    await slack.settings(scopes=",".join(needed_scopes()))

    findings = await check(slack)

    assert keys(findings, are_ok=True) == [
        "slack.doctor_team",
        "slack.doctor_scopes",
        "slack.doctor_socket",
    ]
    assert keys(findings, are_ok=False) == []


async def test_scopes_that_lack_are_named(slack: SlackServer) -> None:
    await slack.settings(scopes=",".join(set(needed_scopes()) - {"files:write", "users:read"}))

    (lacking,) = [each for each in await check(slack) if not each.is_ok]

    assert lacking.values == {"scopes": "files:write, users:read"}


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"bot_token": "xoxb-unknown"}, "slack.token_invalid"),
        ({"app_token": "xapp-unknown"}, "slack.app_token_refused"),
        ({"bot_token": ""}, "slack.bot_token_missing"),
        ({"bot_token": APP_TOKEN}, "slack.bot_token_kind"),
        ({"app_token": ""}, "slack.app_token_missing"),
        ({"app_token": BOT_TOKEN}, "slack.app_token_kind"),
        ({"listen": "127.0.0.1:3000"}, "slack.signing_secret_missing"),
    ],
)
async def test_what_is_wrong_is_said(
    slack: SlackServer, settings: dict[str, str], key: str
) -> None:
    assert keys(await check(slack, **settings), are_ok=False) == [key]


async def test_http_needs_no_app_token(slack: SlackServer) -> None:
    findings = await check(
        slack,
        bot_token=HTTP_TOKEN,
        app_token="",
        signing_secret=SIGNING_SECRET,
        listen="127.0.0.1:3000",
    )

    assert keys(findings, are_ok=True) == ["slack.doctor_team", "slack.doctor_http"]


async def test_a_slack_that_is_away_is_a_finding() -> None:
    findings = await check_slack(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret="",
        api_url="http://127.0.0.1:9/api/",
        listen="",
        specs=SPECS,
    )

    assert keys(list(findings), are_ok=False) == ["doctor.unreachable"]
