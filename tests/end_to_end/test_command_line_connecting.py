"""What an administrator runs before the bot: each answer is a line that says what to click."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.slack.scopes import needed_scopes
from tests.command_line import Ended, Jubo
from tests.servers.discord_server import DiscordServer, discord_process, discord_server
from tests.servers.local_proxy import open_proxy
from tests.servers.slack_server import (
    APP_TOKEN,
    BOT_TOKEN,
    SIGNING_SECRET,
    SlackServer,
    slack,
    slack_url,
)

__all__ = ["discord_process", "discord_server", "slack", "slack_url"]

pytestmark = pytest.mark.timeout(300)  # processes on a busy machine

DONE, FAILED, BAD_USAGE, BAD_CONFIGURATION = 0, 1, 2, 78
KOREAN = {"LANG": "ko_KR.UTF-8"}


@pytest.fixture(scope="module")
def jubo(tmp_path_factory: pytest.TempPathFactory) -> Jubo:
    return Jubo(tmp_path_factory.mktemp("home"))


def on_slack(slack: SlackServer, **settings: str) -> dict[str, str]:
    known = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}
    return {**known, "SLACK_API_URL": slack.api_url, **settings}


def on_discord(server: DiscordServer, **settings: str) -> dict[str, str]:
    known = {"DISCORD_TOKEN": server.token, "DISCORD_API_URL": server.rest}
    return {**known, "DISCORD_GATEWAY_URL": server.gateway, **settings}


async def run(jubo: Jubo, *arguments: str, **settings: str) -> Ended:
    """Run a command while the local servers go on."""
    return await asyncio.to_thread(jubo.run, arguments, settings=settings)


def troubles(ended: Ended) -> list[str]:
    """Return what is to be done; each is a line of its own and says a next step."""
    lines = ended.out.splitlines()
    assert all(line[:2] in ("✓ ", "✗ ", "– ") for line in lines), ended
    assert ended.err == ""
    return [line[2:] for line in lines if line.startswith("✗ ")]


# jubo manifest slack


def test_the_manifest_is_pasted_as_it_is_printed(jubo: Jubo) -> None:
    printed = jubo("manifest", "slack")
    same = jubo("manifest", "slack", "--json")

    assert (printed.code, printed.json) == (DONE, same.json)
    assert printed.json["settings"]["socket_mode_enabled"] is True
    assert printed.json["oauth_config"]["scopes"]["bot"] == needed_scopes()
    assert "From a manifest" in printed.err
    assert same.err == ""


def test_the_manifest_speaks_the_language_of_the_settings(jubo: Jubo) -> None:
    commands = {
        language: jubo("manifest", "slack", JUBO_LANGUAGE=language).json["features"][
            "slash_commands"
        ]
        for language in ("ko", "en")
    }

    assert commands["ko"][0]["command"] == commands["en"][0]["command"] == "/jubo"
    assert commands["ko"][0]["description"] != commands["en"][0]["description"]


def test_the_manifest_for_http_names_where_slack_reaches_us(jubo: Jubo) -> None:
    made = jubo("manifest", "slack", "--url", "https://jubo.example.org").json

    assert made["settings"]["socket_mode_enabled"] is False
    assert (
        made["settings"]["interactivity"]["request_url"] == "https://jubo.example.org/slack/events"
    )


@pytest.mark.parametrize("settings", [{}, KOREAN])
def test_an_address_that_slack_does_not_take_is_refused(
    jubo: Jubo, settings: dict[str, str]
) -> None:
    refused = jubo("manifest", "slack", "--url", "http://jubo.example.org", **settings)

    assert refused.code == BAD_USAGE
    assert "https://" in refused.sentence


# jubo invite discord


def test_the_invitation_asks_for_what_the_bot_uses(jubo: Jubo) -> None:
    made = jubo("invite", "discord", "--application", "123456")
    query = parse_qs(urlsplit(made.out.strip()).query)

    assert made.code == DONE
    assert query["client_id"] == ["123456"]
    assert query["scope"] == ["bot applications.commands"]
    assert int(query["permissions"][0]) & 8 == 0, "no administrator"
    assert jubo("invite", "discord", "--application", "123456", "--json").json == {
        "url": made.out.strip()
    }


async def test_the_invitation_finds_the_application_by_the_token(
    jubo: Jubo, discord_server: DiscordServer
) -> None:
    made = await run(jubo, "invite", "discord", **on_discord(discord_server))

    assert f"client_id={discord_server.application}&" in made.out


@pytest.mark.parametrize("settings", [{}, KOREAN])
@pytest.mark.parametrize("arguments", [(), ("--application", "jubo")])
def test_an_invitation_to_nothing_is_one_sentence(
    jubo: Jubo, arguments: tuple[str, ...], settings: dict[str, str]
) -> None:
    refused = jubo("invite", "discord", *arguments, **settings)

    assert refused.code == BAD_USAGE
    assert "discord.com/developers/applications" in refused.sentence
    assert "General Information" in refused.sentence


async def test_a_token_that_discord_does_not_know_gets_no_invitation(
    jubo: Jubo, discord_server: DiscordServer
) -> None:
    settings = on_discord(discord_server, DISCORD_TOKEN="unknown")

    refused = await run(jubo, "invite", "discord", **settings)

    assert refused.code == BAD_CONFIGURATION
    assert "Reset Token" in refused.sentence


# jubo doctor


@pytest.mark.parametrize(
    ("settings", "words"), [({}, "Not set up."), (KOREAN, "설정되지 않았습니다.")]
)
def test_nothing_set_is_fine_and_says_how_to_begin(
    jubo: Jubo, settings: dict[str, str], words: str
) -> None:
    looked = jubo("doctor", **settings)

    assert looked.code == DONE
    assert troubles(looked) == []
    assert [line.split(":")[0] for line in looked.out.splitlines()] == [
        *("✓ settings", "✓ database", "✓ web"),
        *("– slack", "– discord", "– model", "– embedding"),
    ]
    assert looked.out.count(words) == 4


async def test_a_proxy_is_looked_for(jubo: Jubo) -> None:
    async with open_proxy(0) as proxy:
        here = f"127.0.0.1:{proxy.port}"
        good = await run(jubo, "doctor", JUBO_PROXY=f"http://jubo:secret@{here}")
    bad = await run(jubo, "doctor", JUBO_PROXY="http://jubo:secret@127.0.0.1:1")

    assert (good.code, troubles(good)) == (DONE, [])
    assert f"through the proxy {here}" in good.out
    assert bad.code == FAILED
    assert "127.0.0.1:1 cannot be reached" in troubles(bad)[0]
    assert "secret" not in good.out + bad.out


@pytest.mark.parametrize("address", ["socks5://a:1", "http://proxy", "a:b", "http://a:99999"])
def test_what_is_no_proxy_is_refused_by_its_setting(jubo: Jubo, address: str) -> None:
    refused = jubo("doctor", JUBO_PROXY=address)

    assert refused.code == BAD_CONFIGURATION
    assert "JUBO_PROXY" in refused.sentence


async def test_good_tokens_are_fine(
    jubo: Jubo, slack: SlackServer, discord_server: DiscordServer
) -> None:
    await slack.settings(scopes=",".join(needed_scopes()))
    settings = on_slack(slack) | on_discord(discord_server)

    looked = await run(jubo, "doctor", **settings)
    told = await run(jubo, "doctor", "--json", **settings)

    assert (looked.code, troubles(looked)) == (DONE, [])
    assert told.code == DONE
    assert [(each["subject"], each["ok"]) for each in told.json] == [
        *((subject, True) for subject in ("settings", "database", "web")),
        *[("slack", True)] * 3,
        *[("discord", True)] * 3,
        ("model", True),
        ("embedding", True),
    ]
    assert [f"{each['subject']}: {each['text']}" for each in told.json] == [
        line[2:] for line in looked.out.splitlines()
    ]


@pytest.mark.parametrize(
    ("language", "wrong", "clicks"),
    [
        ("ko", {"SLACK_BOT_TOKEN": ""}, ("SLACK_BOT_TOKEN", "OAuth & Permissions")),
        ("en", {"SLACK_APP_TOKEN": ""}, ("SLACK_APP_TOKEN", "Basic Information")),
        ("en", {"SLACK_BOT_TOKEN": APP_TOKEN}, ("SLACK_BOT_TOKEN", "OAuth & Permissions")),
        ("ko", {"SLACK_APP_TOKEN": BOT_TOKEN}, ("SLACK_APP_TOKEN", "App-Level Tokens")),
        ("ko", {"SLACK_BOT_TOKEN": "xoxb-unknown"}, ("api.slack.com/apps", "SLACK_BOT_TOKEN")),
        ("en", {"JUBO_SLACK_HTTP": "127.0.0.1:3000"}, ("SLACK_SIGNING_SECRET", "App Credentials")),
    ],
)
async def test_a_wrong_slack_setting_says_where_to_click(
    jubo: Jubo, slack: SlackServer, wrong: dict[str, str], clicks: tuple[str, ...], language: str
) -> None:
    settings = on_slack(slack, **wrong) | {"LANG": f"{language}.UTF-8"}

    looked = await run(jubo, "doctor", **settings)

    (sentence,) = troubles(looked)
    assert looked.code == FAILED
    assert all(word in sentence for word in clicks), sentence


async def test_http_needs_no_app_token(jubo: Jubo, slack: SlackServer) -> None:
    http = {"JUBO_SLACK_HTTP": "127.0.0.1:3000", "SLACK_SIGNING_SECRET": SIGNING_SECRET}

    looked = await run(jubo, "doctor", **on_slack(slack, SLACK_APP_TOKEN="", **http))

    assert (looked.code, troubles(looked)) == (DONE, [])
    assert "http://127.0.0.1:3000/slack/events" in looked.out


async def test_scopes_that_lack_are_named(jubo: Jubo, slack: SlackServer) -> None:
    await slack.settings(scopes=",".join(set(needed_scopes()) - {"files:write"}))

    looked = await run(jubo, "doctor", **on_slack(slack))
    told = await run(jubo, "doctor", "--json", **on_slack(slack))

    (sentence,) = troubles(looked)
    assert looked.code == told.code == FAILED
    assert [f"slack: {each['text']}" for each in told.json if not each["ok"]] == [sentence]
    assert "files:write" in sentence
    assert "Reinstall to Workspace" in sentence


async def test_a_revoked_token_says_what_to_click(jubo: Jubo, slack: SlackServer) -> None:
    await slack.fault("auth.test", body={"ok": False, "error": "token_revoked"})

    looked = await run(jubo, "doctor", **on_slack(slack))

    (sentence,) = troubles(looked)
    assert looked.code == FAILED
    assert "Reinstall to Workspace" in sentence


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_an_unknown_discord_token_says_what_to_click(
    jubo: Jubo, discord_server: DiscordServer, language: str
) -> None:
    settings = on_discord(discord_server, DISCORD_TOKEN="unknown", LANG=f"{language}.UTF-8")

    looked = await run(jubo, "doctor", **settings)

    (sentence,) = troubles(looked)
    assert looked.code == FAILED
    assert "Reset Token" in sentence


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_an_intent_that_is_off_says_what_to_click(
    jubo: Jubo, discord_server: DiscordServer, language: str
) -> None:
    await discord_server.do("refuse", code=4014, intents=1 << 15)

    settings = on_discord(discord_server, LANG=f"{language}.UTF-8")
    looked = await run(jubo, "doctor", **settings)

    (sentence,) = troubles(looked)
    assert looked.code == FAILED
    assert "“Message Content Intent”" in sentence


def both_at(address: str) -> dict[str, str]:
    """Return settings that look for both platforms at one address."""
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": f"{address}/api/",
        "DISCORD_TOKEN": "any",
        "DISCORD_API_URL": address,
    }


def test_servers_that_are_away_are_told_each_in_a_line(jubo: Jubo) -> None:
    looked = jubo("doctor", **both_at("http://127.0.0.1:9"))

    slack_line, discord_line = troubles(looked)
    assert looked.code == FAILED
    assert "SLACK_API_URL" in slack_line
    assert "DISCORD_API_URL" in discord_line
    assert slack_line.count("cannot be reached") == 1


class Impostor(BaseHTTPRequestHandler):
    """A server that is something else."""

    body = b"<!doctype html><title>Sign in</title>"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header(
            "Content-Type", "application/json" if self.body[:1] == b"{" else "text/html"
        )
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_POST = do_GET  # noqa: N815 - the base class's naming

    def log_message(self, *_: object) -> None:
        pass


class EmptyImpostor(Impostor):
    body = b"{}"


@pytest.fixture(params=[Impostor, EmptyImpostor])
def impostor(request: pytest.FixtureRequest) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), request.param) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_servers_that_are_something_else_are_told_each_in_a_line(jubo: Jubo, impostor: str) -> None:
    looked = jubo("doctor", **both_at(impostor))

    slack_line, discord_line = troubles(looked)
    assert looked.code == FAILED
    assert "SLACK_API_URL" in slack_line
    assert "DISCORD_API_URL" in discord_line


def test_a_server_that_never_answers_is_not_waited_for(jubo: Jubo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        looked = jubo("doctor", **both_at(address))  # which waits a while for a process, no more

    assert looked.code == FAILED
    assert len(troubles(looked)) == 2


def test_a_chat_that_others_could_reach_is_told(jubo: Jubo) -> None:
    looked = jubo("doctor", JUBO_WEB_HOST="0.0.0.0")

    (sentence,) = troubles(looked)
    assert looked.code == FAILED
    assert "JUBO_WEB_TOKEN" in sentence


@pytest.mark.parametrize("settings", [{}, KOREAN])
def test_bad_settings_end_the_doctor_before_it_looks(jubo: Jubo, settings: dict[str, str]) -> None:
    refused = jubo("doctor", SLACK_API_URL="slack.example", **settings)

    assert refused.code == BAD_CONFIGURATION
    assert refused.sentence.startswith("SLACK_API_URL")


# jubo serve


@pytest.mark.parametrize("settings", [{}, KOREAN])
@pytest.mark.parametrize(
    ("only", "word"),
    [("teams", "teams"), ("slack", "SLACK_BOT_TOKEN"), ("discord", "DISCORD_TOKEN")],
)
def test_a_part_that_is_not_there_is_refused(
    jubo: Jubo, only: str, word: str, settings: dict[str, str]
) -> None:
    refused = jubo("serve", "--only", only, **settings)

    assert refused.code == BAD_USAGE
    assert word in refused.sentence


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_a_slack_that_refuses_the_only_part_ends_the_program(
    jubo: Jubo, slack: SlackServer, language: str
) -> None:
    settings = on_slack(slack, SLACK_BOT_TOKEN="xoxb-unknown", LANG=f"{language}.UTF-8")

    refused = await run(jubo, "serve", "--only", "slack", **settings)

    assert refused.code == BAD_CONFIGURATION
    assert "OAuth & Permissions" in refused.err
    assert "Traceback" not in refused.err


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_a_discord_that_refuses_the_only_part_ends_the_program(
    jubo: Jubo, discord_server: DiscordServer, language: str
) -> None:
    settings = on_discord(discord_server, DISCORD_TOKEN="unknown", LANG=f"{language}.UTF-8")

    refused = await run(jubo, "serve", "--only", "discord", **settings)

    assert refused.code == BAD_CONFIGURATION
    assert "Reset Token" in refused.err
    assert "Traceback" not in refused.err


def test_a_port_that_is_taken_ends_the_program_with_a_sentence(jubo: Jubo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = jubo("serve", "--port", str(taken.getsockname()[1]))

    assert refused.code == BAD_CONFIGURATION
    assert "--port" in refused.sentence


async def test_platforms_that_are_all_refused_end_the_program(
    jubo: Jubo, slack: SlackServer, discord_server: DiscordServer
) -> None:
    bad = {"SLACK_BOT_TOKEN": "xoxb-unknown", "DISCORD_TOKEN": "unknown"}
    settings = on_slack(slack) | on_discord(discord_server) | bad

    refused = await run(jubo, "serve", "--only", "slack,discord", **settings)

    assert refused.code == BAD_CONFIGURATION
    assert "Reset Token" in refused.err
    assert "OAuth & Permissions" in refused.err


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_a_refused_app_token_is_named_in_one_sentence(
    jubo: Jubo, slack: SlackServer, language: str
) -> None:
    settings = on_slack(slack, SLACK_APP_TOKEN="xapp-unknown", LANG=f"{language}.UTF-8")

    refused = await run(jubo, "serve", "--only", "slack", **settings)

    assert refused.code == BAD_CONFIGURATION
    assert refused.err.count("\n") == 1
    assert "SLACK_APP_TOKEN" in refused.err
    assert "SLACK_BOT_TOKEN" not in refused.err
    assert "Slack" not in refused.out


async def test_the_web_chat_goes_on_without_a_slack_that_refuses(
    tmp_path: Path, slack: SlackServer
) -> None:
    jubo = Jubo(tmp_path / "home", on_slack(slack, SLACK_APP_TOKEN="xapp-unknown"))

    def complaint() -> str:
        with jubo.running("serve", "--only", "slack,web", "--port", "0") as process:
            assert process.stderr
            said = process.stderr.readline()
            process.send_signal(signal.SIGINT)
            return said + process.communicate(timeout=60)[1]

    said = await asyncio.to_thread(complaint)

    assert "Slack does not run: Slack does not take SLACK_APP_TOKEN." in said
    assert "Still running: the web chat.\n" in said
    assert "Traceback" not in said


async def test_slack_is_said_to_be_listened_to_once_it_is(
    tmp_path: Path, slack: SlackServer
) -> None:
    jubo = Jubo(tmp_path / "home", on_slack(slack))

    def first_lines() -> list[str]:
        with jubo.running("serve", "--only", "slack") as process:
            assert process.stdout
            return [process.stdout.readline() for _ in range(3)]

    lines = await asyncio.to_thread(first_lines)

    assert "one process" in lines[0]  # on SQLite it does the work, too
    assert lines[1:] == ["Stop it with Ctrl+C.\n", "Listening on Slack.\n"]


async def test_ctrl_c_ends_the_bot_in_order(tmp_path: Path, slack: SlackServer) -> None:
    jubo = Jubo(tmp_path / "home", on_slack(slack))

    def interrupt() -> tuple[int, str]:
        with jubo.running("serve", "--only", "slack", "--json") as process:
            assert process.stdout
            assert json.loads(process.stdout.readline()) == {"url": ""}
            process.send_signal(signal.SIGINT)
            _, complaints = process.communicate(timeout=60)
            return process.returncode, complaints

    code, complaints = await asyncio.to_thread(interrupt)

    assert code == DONE
    assert "Traceback" not in complaints
