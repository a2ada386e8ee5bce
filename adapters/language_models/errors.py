"""What the client's errors mean to us."""

from __future__ import annotations

from openai import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
)

from bot.errors import ModelFailed, ModelRefused, ModelUnavailable

_NO_MONEY = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
_TOO_LONG = ("context_length", "context length", "maximum context", "too many tokens")
_DECLINED = ("content_filter", "content_policy", "content management policy")  # the last: Azure
_BY_STATUS = {
    401: "bad_key",
    402: "no_money",
    403: "bad_key",
    404: "unknown_model",
    413: "too_long",
}
_MAY_PASS = frozenset({408, 409, 425, 429})


def translate(error: APIError) -> ModelFailed:
    if isinstance(error, APITimeoutError):
        return ModelUnavailable("timeout")
    if isinstance(error, APIConnectionError):
        return ModelUnavailable(f"{type(error.__cause__ or error).__name__}")
    if isinstance(error, APIResponseValidationError):
        return ModelRefused("no_server", "the answer is of another form")
    if isinstance(error, APIStatusError):
        return _of_status(error)
    return ModelUnavailable(type(error).__name__)


def complaint_of(error: APIStatusError) -> str | None:
    """Return what the server says of the way it was asked, None if that is not its complaint."""
    if error.status_code not in (400, 422) or _reason(error) != "bad_request":
        return None
    return _said(error)


def _of_status(error: APIStatusError) -> ModelFailed:
    reason = _reason(error)
    if reason != "no_money" and (error.status_code in _MAY_PASS or error.status_code >= 500):
        return ModelUnavailable(f"HTTP {error.status_code}", retry_after_s=_retry_after_s(error))
    return ModelRefused(reason, f"HTTP {error.status_code}")


def _reason(error: APIStatusError) -> str:
    said = _said(error).lower()
    if any(each in said for each in _NO_MONEY):
        return "no_money"
    if any(each in said for each in _TOO_LONG):
        return "too_long"
    if any(each in said for each in _DECLINED):
        return "declined"
    if error.status_code == 400 and "model_not_found" in said:
        return "unknown_model"
    return _BY_STATUS.get(error.status_code, "bad_request")


def _said(error: APIStatusError) -> str:
    return f"{error.code or ''} {error.param or ''} {error.message}"


def _retry_after_s(error: APIStatusError) -> float:
    """Return the seconds of its header; a date, which model servers do not send, counts as 0."""
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0
