"""What the page's requests are refused for, each with a sentence that says what to do."""

from __future__ import annotations

from bot.errors import UserError


class Refused(UserError):
    """`status` is the HTTP status of the answer."""

    def __init__(self, status: int, message_key: str, **values: object) -> None:
        super().__init__(message_key, **values)
        self.status = status
