"""Check what we would post on Discord against its official OpenAPI document.

    python -m benchmarks.check_discord_payloads openapi.json

The document is at github.com/discord/discord-api-spec, specs/openapi.json. It is not in this
repository; what it does not say (2,000 characters of content) is tested beside the renderer.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from adapters.discord.render import message_of, split
from adapters.discord.sending import EPHEMERAL, nonce_of
from bot.posts import Post
from tests.any_posts import ANY_POST

DOCUMENT = "urn:discord"
REQUESTS = {
    "post": ("post", "/channels/{channel_id}/messages"),
    "edit": ("patch", "/channels/{channel_id}/messages/{message_id}"),
    "follow up": ("post", "/webhooks/{webhook_id}/{webhook_token}"),
    "answer": ("patch", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"),
    "thread": ("post", "/channels/{channel_id}/messages/{message_id}/threads"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Check Discord payloads against its OpenAPI file")
    parser.add_argument("document", type=Path)
    parser.add_argument("--posts", type=int, default=300, help="how many posts are made up")
    options = parser.parse_args()
    checks = _validators(json.loads(options.document.read_text()))
    counts = dict.fromkeys(checks, 0)

    @given(ANY_POST)
    @settings(
        max_examples=options.posts,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(post: Post) -> None:
        for name, body in _bodies(post):
            counts[name] += 1
            for error in checks[name].iter_errors(body):
                raise SystemExit(f"{name}: {list(error.absolute_path)} {error.message[:300]}")

    check()
    print(", ".join(f"{name}: {count} valid" for name, count in counts.items()))


def _bodies(post: Post) -> Iterator[tuple[str, dict[str, Any]]]:
    for piece in split(post):
        message = message_of(piece)
        reference = {"message_id": "1", "fail_if_not_exists": False}
        nonce = {"nonce": nonce_of("key"), "enforce_nonce": True}
        yield "post", message.payload() | nonce | {"message_reference": reference}
        yield "edit", message.payload(is_edit=True)
        yield "follow up", message.payload(flags=EPHEMERAL)
        yield "answer", message.payload(flags=EPHEMERAL, is_edit=True)
    yield "thread", {"name": "주보", "auto_archive_duration": 4320}


def _validators(document: dict[str, Any]) -> dict[str, Draft202012Validator]:
    resource = DRAFT202012.create_resource(document)
    registry = Registry().with_resource(DOCUMENT, resource)
    return {
        name: Draft202012Validator(_schema(document, method, path), registry=registry)
        for name, (method, path) in REQUESTS.items()
    }


def _schema(document: dict[str, Any], method: str, path: str) -> Any:
    shape = re.sub(r"\{[^}]+\}", "{}", path)
    found = next(each for each in document["paths"] if re.sub(r"\{[^}]+\}", "{}", each) == shape)
    content = document["paths"][found][method]["requestBody"]["content"]
    return _absolute(content["application/json"]["schema"])


def _absolute(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: f"{DOCUMENT}{each}" if key == "$ref" else _absolute(each)
            for key, each in value.items()
        }
    return [_absolute(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
