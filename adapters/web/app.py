"""The local web chat as an ASGI application: page, interface, live updates, behind the guard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from string import Template

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from adapters.web.acts import Acts
from adapters.web.api import Api
from adapters.web.guard import Guard
from adapters.web.hub import Hub
from adapters.web.refusals import Refused
from adapters.web.visitors import language_of
from bot.domain.models import WorkspaceId
from bot.errors import TransientError
from bot.ports import ChatLog, Clock, EventSink
from bot.texts import Texts

_STATIC = Path(__file__).parent / "static"


def create_app(
    *,
    workspace: WorkspaceId,
    inbox: EventSink,
    chat: ChatLog,
    hub: Hub,
    clock: Clock,
    texts: Texts,
    language: str,
    channels: Sequence[str],
    commands: Sequence[str],
    on_event: Callable[[], None],
    token: str = "",
) -> Starlette:
    """Return the application of one workspace's chat.

    `hub` is shared with the `WebPlatform` that posts into the same chat log. `channels` are
    the names of the open channels, the first one opens; every member has a direct one besides.
    `commands` are offered for completion, their help comes from the table `command` of the texts.
    `on_event` is called after a new inbox row was committed. `language` is for visitors whose
    browser asks for none of ours. With a `token` the chat may be reached by other host names.
    """
    acts = Acts(
        workspace=workspace,
        inbox=inbox,
        chat=chat,
        hub=hub,
        clock=clock,
        channels=channels,
        on_event=on_event,
    )
    api = Api(
        acts=acts, hub=hub, texts=texts, language=language, channels=channels, commands=commands
    )

    async def page(request: Request) -> Response:
        return HTMLResponse(_page(texts.bind(language_of(request, default=language))))

    async def refused(request: Request, error: Exception) -> Response:
        say = texts.bind(language_of(request, default=language))
        if isinstance(error, Refused):
            return JSONResponse({"error": say(error.message_key, **error.values)}, error.status)
        return JSONResponse({"error": say("web.try_again")}, 503)

    return Starlette(
        routes=[
            Route("/", page),
            *api.routes(),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        middleware=[Middleware(Guard, token=token, texts=texts, language=language)],
        exception_handlers={Refused: refused, TransientError: refused},
    )


def _page(say: Callable[[str], str]) -> str:
    template = Template((_STATIC / "index.html").read_text(encoding="utf-8"))
    keys = ("language", "title", "skip", "noscript")
    return template.substitute({key: escape(say(f"web.{key}")) for key in keys})
