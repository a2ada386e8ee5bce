"""Who is at the page. There is no sign-in yet: a visitor is whoever the page says, by display name.

A tab sends its name with each request, so that two tabs may act as two members;
the cookie holds the name that the next tab begins with.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from adapters.web.refusals import Refused
from bot.domain.models import BOT, ChannelId, MemberId
from bot.texts import LANGUAGES, Texts

NAME_COOKIE = "jubo_name"
MAX_NAME_LENGTH = 40
_NOBODY = MemberId("me")  # one who gave no name, in any language
_OUR_NAMES = {"jubo", "주보"}
_FORMER_DEFAULTS = {"me", "나"}  # cookies and open tabs may still send them


@dataclass(frozen=True, slots=True)
class Visitor:
    member: MemberId
    name: str
    language: str

    @property
    def direct_channel(self) -> ChannelId:
        """The channel that only this member and the bot are in."""
        return ChannelId(f"dm:{self.member}")


def visitor_of(request: Request, texts: Texts, *, language: str) -> Visitor:
    """Return who asks; raise `Refused` for a name that is ours."""
    language = language_of(request, default=language)
    name = (
        request.headers.get("jubo-name")
        or request.query_params.get("name")
        or request.cookies.get(NAME_COOKIE, "")
    )
    return make_visitor(unquote(name), texts, language=language)


def make_visitor(name: str, texts: Texts, *, language: str) -> Visitor:
    """Return who asks; raise `Refused` for a name that is ours."""
    name = _clean(name)
    if name.casefold() in _OUR_NAMES | {BOT}:
        raise Refused(409, "web.name_is_ours")
    defaults = {each: texts.get(each, "web.default_name") for each in LANGUAGES}
    unnamed = _FORMER_DEFAULTS | {each.casefold() for each in defaults.values()}
    if not name or name.casefold() in unnamed:
        return Visitor(_NOBODY, defaults[language], language)
    return Visitor(MemberId(name.casefold()), name, language)


def language_of(request: Request, *, default: str) -> str:
    """Return the first language of ours that the browser or the page asks for."""
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        if tag in LANGUAGES:
            return tag
    return default


def remember(response: Response, visitor: Visitor) -> None:
    response.set_cookie(
        NAME_COOKIE, quote(visitor.name), max_age=31_536_000, httponly=True, samesite="strict"
    )


def _clean(name: str) -> str:
    # Control, format and bidirectional characters would let one name look like another.
    kept = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFKC", name)
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    return " ".join(kept.split())[:MAX_NAME_LENGTH].strip()
