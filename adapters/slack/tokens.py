"""What can be told of tokens without asking Slack."""

from __future__ import annotations

from collections.abc import Iterator

# Kinds that people mistake for the right one. Source: docs.slack.dev, "Tokens".
_NO_BOT_TOKEN = ("xapp-", "xoxp-", "xoxe-", "xoxe.")
_NO_APP_TOKEN = ("xoxb-", "xoxp-", "xoxe-", "xoxe.")


def token_troubles(
    bot_token: str, app_token: str, signing_secret: str, *, listen: str
) -> Iterator[str]:
    """Yield the sentences, by key, on what is missing or of the wrong kind."""
    if not bot_token:
        yield "slack.bot_token_missing"
    elif bot_token.startswith(_NO_BOT_TOKEN):
        yield "slack.bot_token_kind"
    if listen:
        if not signing_secret:
            yield "slack.signing_secret_missing"
    elif not app_token:
        yield "slack.app_token_missing"
    elif app_token.startswith(_NO_APP_TOKEN):
        yield "slack.app_token_kind"
