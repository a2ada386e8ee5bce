"""The door of the web chat: who may ask at all, and what every answer tells the browser.

Without a token the chat is for this machine alone, so a request must name it by a loopback
name: a foreign name that was made to point here (DNS rebinding) is refused.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.web.refusals import Refused
from bot.texts import Texts

_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
_TOKEN_COOKIE = "jubo_token"  # noqa: S105 - the cookie's name, not a secret
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """ASGI middleware. Checks Host, Origin and token; sets the headers of every answer."""

    def __init__(self, app: ASGIApp, *, token: str, texts: Texts, language: str) -> None:
        self._app = app
        self._token = token
        self._texts = texts
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        answer = self._answer(scope)
        await (answer or self._app)(scope, receive, send_guarded)

    def _answer(self, scope: Scope) -> Response | None:
        """Return what ends the request here, None to let it in."""
        headers = Headers(scope=scope)
        try:
            if self._token:
                if self._is_token_visit(scope):
                    return self._sign_in(scope)
                self._check_token(headers)
            else:
                _check_host(headers, scope)
            if scope["method"] not in {"GET", "HEAD"}:
                _check_write(headers)
        except Refused as refusal:
            text = self._texts.get(self._language, refusal.message_key, **refusal.values)
            return PlainTextResponse(text, refusal.status)
        return None

    def _is_token_visit(self, scope: Scope) -> bool:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])
        return scope["path"] == "/" and _is_same(given[0], self._token)

    def _sign_in(self, scope: Scope) -> Response:
        # The redirect takes the token out of the address bar and the history.
        response = RedirectResponse("/", 303)
        response.set_cookie(
            _TOKEN_COOKIE,
            _proof(self._token),
            max_age=31_536_000,
            httponly=True,
            samesite="strict",
            secure=scope["scheme"] == "https",
        )
        return response

    def _check_token(self, headers: Headers) -> None:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and _is_same(given.strip(), self._token):
            return
        cookie = cookie_parser(headers.get("cookie", "")).get(_TOKEN_COOKIE, "")
        if not _is_same(cookie, _proof(self._token)):
            raise Refused(401, "web.token_missing")


def _check_host(headers: Headers, scope: Scope) -> None:
    _, port = scope.get("server") or ("", None)
    if headers.get("host", "").lower() not in set(_own_hosts(port)):
        raise Refused(421, "web.wrong_host")


def _own_hosts(port: int | None) -> Iterable[str]:
    for name in _LOOPBACK_NAMES:
        yield f"{name}:{port}"
        if port == 80:
            yield name


def _check_write(headers: Headers) -> None:
    # Browsers name the origin of every write; a page of another site cannot forge it.
    if headers.get("origin", "").partition("://")[2].lower() != headers.get("host", "").lower():
        raise Refused(403, "web.wrong_origin")
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "web.wrong_content")


def _proof(token: str) -> str:
    """Return what the cookie holds: it opens this chat and does not tell the token."""
    return hashlib.sha256(b"jubo web chat\0" + token.encode()).hexdigest()


def _is_same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
