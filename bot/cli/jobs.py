"""`jubo jobs`: what is done in the background; what failed and why; trying again, dropping."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.cli.help import Program
from bot.cli.session import (
    Decorator,
    choose_workspace,
    json_option,
    print_json,
    print_line,
    with_app,
    workspace_option,
)
from bot.domain.jobs import PROCESS_ENDED, TOOK_TOO_LONG, Job, JobId, JobKind, JobState
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.services.overseeing import Overseen

SHOWN, MOST_SHOWN = 50, 100_000
_NAMED_REASONS = {
    TOOK_TOO_LONG,
    PROCESS_ENDED,
    "FetchFailed",
    "RateLimited",
    "SendUnsure",
    "StorageUnavailable",
    "TransientError",
}
_COMES_AGAIN = {JobKind.POLL, JobKind.SWEEP}


def register(program: click.Group, say: Say) -> None:
    @program.group("jobs", cls=Program, invoke_without_command=True, help=say("jobs.cli.jobs"))
    @_list_options(say)
    @click.pass_context
    def jobs(context: click.Context, *, limit: int, workspace: str | None, as_json: bool) -> int:
        if context.invoked_subcommand is None:  # the list is what is meant
            return _list(say, limit=limit, workspace=workspace, as_json=as_json)
        return 0

    @jobs.command("list", help=say("jobs.cli.list"))
    @_list_options(say)
    def list_jobs(*, limit: int, workspace: str | None, as_json: bool) -> int:
        return _list(say, limit=limit, workspace=workspace, as_json=as_json)

    _register_retry(jobs, say)
    _register_cancel(jobs, say)


def _list_options(say: Say) -> Decorator:
    limit = click.option(
        "--limit",
        type=click.IntRange(1, MOST_SHOWN),
        metavar="N",
        default=SHOWN,
        help=say("jobs.cli.limit", default=SHOWN),
    )
    return lambda command: limit(workspace_option(say)(json_option(say)(command)))


def _list(say: Say, *, limit: int, workspace: str | None, as_json: bool) -> int:
    async def work(app: App) -> int:
        where = await choose_workspace(app, workspace) if workspace else None
        found = await app.overseeing.list_jobs(where, limit=limit + 1)
        if as_json:
            print_json([_as_json(each) for each in found[:limit]])
            return 0
        for each in found[:limit]:
            _print(each, app, say)
        if len(found) > limit:
            print_line(say("jobs.cli.more"))
        if not found:
            print_line(say("jobs.cli.none"))
        elif not await app.overseeing.is_worked_on():
            print_line(say("jobs.cli.no_worker"))
        return 0

    return with_app(work)


def _register_retry(jobs: click.Group, say: Say) -> None:
    @jobs.command("retry", help=say("jobs.cli.retry"))
    @_job_argument(say)
    @json_option(say)
    def retry(job: int, *, as_json: bool) -> int:
        async def work(app: App) -> int:
            found = await app.overseeing.retry(JobId(job))
            _report(found, say("jobs.cli.retried", job=job), as_json=as_json)
            return 0

        return with_app(work)


def _register_cancel(jobs: click.Group, say: Say) -> None:
    @jobs.command("cancel", help=say("jobs.cli.cancel"))
    @_job_argument(say)
    @json_option(say)
    def cancel(job: int, *, as_json: bool) -> int:
        async def work(app: App) -> int:
            found = await app.overseeing.cancel(JobId(job))
            key = "comes_again" if found.kind in _COMES_AGAIN else "cancelled"
            _report(found, say(f"jobs.cli.{key}", job=job), as_json=as_json)
            return 0

        return with_app(work)


def _job_argument(say: Say) -> Decorator:
    return click.argument(
        "job", type=click.IntRange(1, 2**31 - 1), metavar="N", help=say("jobs.cli.job")
    )


def _report(job: Job, sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": job.id, "kind": job.kind, "was": job.state})
    else:
        print_line(sentence)


def _print(each: Overseen, app: App, say: Say) -> None:
    job = each.job
    about = each.about or say("jobs.gone")
    print_line(f"{job.id:>6}  {say(f'jobs.state.{job.state}')}: {say(f'jobs.kind.{job.kind}')}")
    print_line(f"        {about}")
    tried = job.tries - (job.state is JobState.RUNNING)  # this one goes on
    if job.state is JobState.WAITING:
        print_line(f"        {say('jobs.due', at=_local(job.run_at, app))}")
    if tried and job.reason:
        print_line(f"        {say('jobs.tried', count=tried, why=_why(job.reason, say))}")
    if job.state is JobState.FAILED:
        print_line(f"        {say('jobs.cli.next_step', job=job.id)}")


def _why(reason: str, say: Say) -> str:
    if reason in _NAMED_REASONS:
        return say(f"job_reason.{reason}")
    return say("job_reason.other", name=reason)


def _local(at: datetime, app: App) -> str:
    return f"{at.astimezone(app.zone):%Y-%m-%d %H:%M:%S}"


def _as_json(each: Overseen) -> dict[str, object]:
    job = each.job
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "about": each.about,
        "workspace": job.arguments.get("workspace", ""),
        "tries": job.tries,
        "run_at": job.run_at.isoformat(),
        "reason": job.reason,
    }
