"""`jubo manifest`, `jubo invite` and `jubo doctor`: what an administrator needs to install it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from bot.cli.session import clean, json_option, print_json, print_line, print_problem
from bot.errors import UsageError
from bot.texts import Say

if TYPE_CHECKING:
    from bot.ports import Finding

GOOD, BAD, NOT_IN_USE = "✓", "✗", "–"


def register(program: click.Group, say: Say) -> None:
    @program.command("manifest", help=say("cli.manifest"))
    @click.argument("platform", type=click.Choice(["slack"]), help=say("cli.manifest_platform"))
    @click.option("--url", metavar="URL", default="", help=say("cli.manifest_url"))
    @json_option(say)
    def manifest(*, platform: str, url: str, as_json: bool) -> int:
        from bot.bootstrap.installing import slack_manifest
        from bot.config import Settings

        del platform
        if url and not url.startswith("https://"):  # Slack takes no other
            raise UsageError("cli.manifest_bad_url", url=clean(url))
        made = slack_manifest(url, language=Settings.load().language)
        print_line(json.dumps(made, ensure_ascii=False, indent=2))
        if not as_json:
            print_problem(say("cli.manifest_hint"))
        return 0

    @program.command("invite", help=say("cli.invite"))
    @click.argument("platform", type=click.Choice(["discord"]), help=say("cli.invite_platform"))
    @click.option("--application", metavar="ID", default="", help=say("cli.invite_id"))
    @json_option(say)
    def invite(*, platform: str, application: str, as_json: bool) -> int:
        import asyncio

        from bot.bootstrap.installing import discord_invite
        from bot.config import Settings

        del platform
        if application and not application.isdecimal():
            raise UsageError("cli.invite_bad_id", application=clean(application))
        url = asyncio.run(discord_invite(Settings.load(), application))
        if as_json:
            print_json({"url": url})
        else:
            print_line(url)
            print_problem(say("cli.invite_hint"))
        return 0

    @program.command("doctor", help=say("cli.doctor"))
    @json_option(say)
    def doctor(*, as_json: bool) -> int:
        import asyncio

        from bot.bootstrap.installing import check_everything
        from bot.config import Settings

        findings = asyncio.run(check_everything(Settings.load()))
        if as_json:
            print_json([_plain(each, say) for each in findings])
        else:
            for each in findings:
                print_line(f"{_mark(each)} {each.subject}: {say(each.key, **each.values)}")
        return 0 if all(each.is_ok for each in findings) else 1


def _mark(finding: Finding) -> str:
    if not finding.is_in_use:
        return NOT_IN_USE
    return GOOD if finding.is_ok else BAD


def _plain(finding: Finding, say: Say) -> dict[str, object]:
    text = say(finding.key, **finding.values)
    return {"subject": finding.subject, "ok": finding.is_ok, "text": text}
