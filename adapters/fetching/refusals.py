"""What a page says that comes with a refusal: a status alone tells no CAPTCHA from a pause."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from adapters.fetching.documents.shown import name_notice
from adapters.fetching.quality import MAY_PASS
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.fetching.reader import Tools
    from adapters.parsing.download import Download

EXPLAINED = frozenset(
    {
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,  # so one firewall sends its puzzles
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
_SAID = frozenset({"blocked", "captcha", "consent", "login", "maintenance"})


class Refused(FetchFailed):
    """A failure with the page that came with it."""

    def __init__(self, failure: FetchFailed, page: Download) -> None:
        super().__init__(
            failure.reason,
            may_pass=failure.may_pass,
            retry_after_s=failure.retry_after_s,
            detail=str(failure),
        )
        self.page = page


async def explain(refusal: Refused, tools: Tools) -> FetchFailed:
    """Return the failure that its page tells, itself where that tells nothing."""
    try:
        reason = await tools.parse(name_notice, refusal.page)
    except FetchFailed:
        return refusal
    if reason not in _SAID:
        return refusal
    return FetchFailed(
        reason,
        may_pass=reason in MAY_PASS,
        retry_after_s=refusal.retry_after_s,
        detail=str(refusal),
    )
