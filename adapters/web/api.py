"""The JSON interface of the page: reads a request, calls an act, answers (202 to a write)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from adapters.web.acts import Acts
from adapters.web.hub import Change, Hub, Subscription
from adapters.web.refusals import Refused
from adapters.web.render import Json, message_json, picture_name, pictures_of
from adapters.web.visitors import Visitor, language_of, make_visitor, remember, visitor_of
from bot.domain.emoji import DONE, LOOKING, SAVE_EMOJI, UNDO
from bot.domain.models import BOT
from bot.texts import Texts

# A path: the direct channel is called like its member, and a name may hold a slash.
_MESSAGES = "/api/channels/{channel:path}/messages"
MAX_BODY_BYTES = 64 * 1024
HEARTBEAT_S = 15.0  # proxies and laptops that slept are found out by it
_RETRY_MS = 1000
_OTHERS = (UNDO, "👍", "❤️", "🎉", "🤔", LOOKING, DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    acts: Acts
    hub: Hub
    texts: Texts
    language: str  # of visitors whose browser asks for none of ours
    channels: Sequence[str]
    commands: Sequence[str]

    def routes(self) -> list[Route]:
        return [
            Route("/api/start", self.start),
            Route("/api/live", self.live),
            Route("/api/name", self.rename, methods=["POST"]),
            Route(_MESSAGES, self.messages),
            Route(_MESSAGES, self.say, methods=["POST"]),
            Route("/api/messages/{message}/reactions", self.react, methods=["POST"]),
            Route("/api/messages/{message}/buttons", self.press, methods=["POST"]),
            Route("/media/{message}/{name}", self.picture),
        ]

    async def start(self, request: Request) -> Response:
        """Return what the page needs before its first message."""
        visitor = self._visitor(request)
        texts = self.texts.table(visitor.language, "web")
        channels = [{"id": each, "isDirect": False} for each in self.channels]
        return JSONResponse(
            {
                "me": _me(visitor),
                "language": visitor.language,
                "bot": BOT,
                "channels": [*channels, {"id": visitor.direct_channel, "isDirect": True}],
                "commands": self._commands(visitor.language),
                "emoji": {"saving": SAVE_EMOJI, "others": _OTHERS},
                "texts": texts,
                "position": self.hub.position,
            }
        )

    async def messages(self, request: Request) -> Response:
        messages = await self.acts.list_messages(
            self._visitor(request), request.path_params["channel"]
        )
        return JSONResponse({"messages": [message_json(each) for each in messages]})

    async def say(self, request: Request) -> Response:
        body = await _read_json(request)
        said = await self.acts.say(
            self._visitor(request),
            request.path_params["channel"],
            _text(body, "text"),
            act=_text(body, "id"),
            thread=_text(body, "thread", "") or None,
        )
        return JSONResponse(
            {"message": message_json(said.message), "awaitsAnswer": said.awaits_answer},
            202,
        )

    async def react(self, request: Request) -> Response:
        body = await _read_json(request)
        await self.acts.react(
            self._visitor(request),
            request.path_params["message"],
            _text(body, "emoji"),
            act=_text(body, "id"),
            is_on=body.get("isOn") is not False,
        )
        return JSONResponse({}, 202)  # what it changed comes with the live updates, in order

    async def press(self, request: Request) -> Response:
        body = await _read_json(request)
        await self.acts.press(
            self._visitor(request),
            request.path_params["message"],
            act=_text(body, "id"),
            action=_text(body, "action"),
            value=_text(body, "value", ""),
        )
        return JSONResponse({}, 202)

    async def rename(self, request: Request) -> Response:
        name = _text(await _read_json(request), "name")
        language = language_of(request, default=self.language)
        visitor = make_visitor(name, self.texts, language=language)
        response = JSONResponse({"me": _me(visitor)})
        remember(response, visitor)
        return response

    async def live(self, request: Request) -> Response:
        """Stream changes: `message` is one as it looks now, `reload` asks to load all again."""
        visitor = self._visitor(request)
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")

        async def stream() -> AsyncIterator[str]:
            with self.hub.subscribe(after=after) as subscription:
                yield f"retry: {_RETRY_MS}\n\n"
                if subscription.must_reload:
                    yield f"id: {self.hub.position}\nevent: reload\ndata: {{}}\n\n"
                async for text in self._updates(visitor, subscription):
                    yield text

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def picture(self, request: Request) -> Response:
        """Return a post's picture. Who knows its name, made of its content, has seen the post."""
        message = await self.acts.get_any(request.path_params["message"])
        for picture in pictures_of(message.post) if message.post else ():
            if picture_name(picture) == request.path_params["name"]:
                headers = {"Cache-Control": "private, max-age=31536000, immutable"}
                return Response(picture.data, media_type="image/png", headers=headers)
        raise Refused(404, "web.no_message")

    async def _updates(self, visitor: Visitor, subscription: Subscription) -> AsyncIterator[str]:
        async for change in subscription.changes(heartbeat_s=HEARTBEAT_S):
            if change is None:
                yield ": still here\n\n"
            elif self._may_see(visitor, change):
                yield f"id: {change.position}\nevent: message\ndata: {json.dumps(change.data)}\n\n"

    def _may_see(self, visitor: Visitor, change: Change) -> bool:
        return change.only_for in {None, visitor.member} and self.acts.may_read(
            visitor, change.channel
        )

    def _visitor(self, request: Request) -> Visitor:
        return visitor_of(request, self.texts, language=self.language)

    def _commands(self, language: str) -> list[Json]:
        texts = self.texts.table(language, "command")
        return [
            {"name": name, "help": texts.get(name, ""), "usage": texts.get(f"{name}_usage", "")}
            for name in self.commands
        ]


async def _read_json(request: Request) -> Mapping[str, object]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise Refused(413, "web.too_long")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "web.bad_request") from error
    if not isinstance(value, dict):
        raise Refused(400, "web.bad_request")
    return value


def _text(body: Mapping[str, object], name: str, default: str | None = None) -> str:
    value = body.get(name, default)
    if value is None:
        value = default
    # A lone surrogate is legal JSON and breaks every encoder behind us.
    if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
        raise Refused(400, "web.bad_request")
    return value.replace("\0", "")


def _me(visitor: Visitor) -> Json:
    return {"id": visitor.member, "name": visitor.name}
