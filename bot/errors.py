"""What can go wrong, by who can mend it.

BotError
├── UserError        the person typing can fix it; shown to them
│   └── UsageError   what was typed cannot be meant: no such day, no such workspace
├── TransientError   trying again later may work
└── ConfigError      the operator must fix it; the process stops with exit code 78
"""

from __future__ import annotations

from datetime import datetime

LONGEST_REST_S = 86_400.0  # a site may ask for a year


class BotError(Exception):
    """`message_key` names the sentence in bot/texts; `values` fill it."""

    message_key = "error.unexpected"

    def __init__(self, message: str = "", **values: object) -> None:
        super().__init__(message or f"{self.message_key} {values}")
        self.values = values


class UserError(BotError):
    """`language` is that of who is told, where the event does not say it; "" if nobody knows."""

    language = ""

    def __init__(self, message_key: str, **values: object) -> None:
        self.message_key = message_key
        super().__init__("", **values)


class UsageError(UserError):
    """Nothing was tried. The command line exits with 2, as for a wrong option."""


class TransientError(BotError):
    message_key = "error.try_again"


class ConfigError(BotError):
    message_key = "error.config"


class BadSettings(ConfigError):
    """`names`: the settings that are wrong. Table `setting` of bot/texts says what each takes."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names=", ".join(names))
        self.names = names


class StorageUnavailable(TransientError):
    message_key = "error.storage_unavailable"


class FetchFailed(TransientError):
    """A page could not be read; `reason` is a key of the table `unreadable` in bot/texts.

    `may_pass`: trying again later may work (time-outs, 5xx), unlike a refused address.
    `retry_after_s`: how long the site asks to leave it alone, a day at most, 0 if it does not say.
    `was_asked`: else nobody was, for it is not the page's turn before `retry_after_s`.
    `retry_at`: when it is tried again, once that is decided.
    """

    message_key = "error.fetch_failed"

    def __init__(
        self,
        reason: str,
        *,
        may_pass: bool = False,
        retry_after_s: float = 0.0,
        was_asked: bool = True,
        detail: str = "",
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason, reason=reason)
        self.reason = reason
        self.may_pass = may_pass
        self.retry_after_s = min(retry_after_s, LONGEST_REST_S)
        self.was_asked = was_asked
        self.retry_at: datetime | None = None


class RateLimited(TransientError):
    """The platform asks to wait; nothing was done."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"asked to wait {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class SendUnsure(TransientError):
    """A post may or may not have arrived: look for it before it is sent again."""


class LeaseLost(TransientError):
    """The others may have taken this process for dead: one of them may be doing its work."""


class ModelFailed(TransientError):
    """A language model gave nothing to use: go on without it, and say so.

    `tokens_in`, `tokens_out`: what it cost all the same.
    """

    message_key = "model.unavailable"
    tokens_in = 0
    tokens_out = 0


class ModelUnavailable(ModelFailed):
    """`retry_after_s`: how long the server asks to leave it alone, 0 if it does not say."""

    def __init__(self, detail: str = "", *, retry_after_s: float = 0.0) -> None:
        super().__init__(f"the model cannot be reached: {detail}")
        self.retry_after_s = retry_after_s


class ModelRefused(ModelFailed):
    """The server does not take this question; `reason` is a key of the table `model.refused`."""

    message_key = "model.refuses"

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"the model's server refuses: {reason}: {detail}", reason=reason)
        self.reason = reason


class NoAnswer(ModelFailed):
    """What came cannot be used; `reason`: cut, empty, malformed, declined. `text`: what came."""

    message_key = "model.no_answer"

    def __init__(self, reason: str, *, text: str = "") -> None:
        super().__init__(f"no answer to use: {reason}", reason=reason)
        self.reason = reason
        self.text = text


class CapReached(ModelFailed):
    """The workspace has spent what it may this month; nothing was asked."""

    message_key = "model.cap_reached"

    def __init__(self, cap: int) -> None:
        super().__init__(f"the cap of {cap} tokens is reached", cap=cap)
        self.cap = cap


class PlaceClosed(UserError):
    """The bot may not speak or read there. `message_key` says who must do what."""


class MessageGone(UserError):
    """The message was deleted, or the bot may not see it."""

    def __init__(self) -> None:
        super().__init__("message.gone")
