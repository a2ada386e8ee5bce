"""What a Slack message says, as plain text in which every link can be found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.slack.emoji_names import emoji_of
from bot.domain.urls import find_urls

Payload = Mapping[str, Any]

# Slack escapes exactly these three and writes everything of its own in angle brackets.
# Source: docs.slack.dev, "Formatting message text".
_MARKUP = re.compile(r"<([^<>\n]+)>|&(amp|lt|gt);")
_TYPED = re.compile(r"<#([A-Z0-9]+)(?:\|[^<>]*)?>|<(https?://[^<>|\s]+)(?:\|[^<>]*)?>")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_INSIDE = ("title", "text", "fields", "elements", "accessory", "slack_file")


def text_of(message: Payload, *, without: str = "") -> str:
    """Return all that a message says, links in angle brackets: Slack tells where each ends.

    Forwarded messages, cards of apps and linked files are part of it; of a link's preview only
    the link is, as nobody shared what the page says. Mentions of member `without` are left out.
    """
    said = said_in(message, without=without)
    more = [*_hidden_links(said, message), *_attached(message), *_linked_files(message)]
    return "\n".join(dict.fromkeys(part for part in [said, *more] if part and _is_new(part, said)))


def said_in(message: Payload, *, without: str = "") -> str:
    """Return what its writer typed alone: it changes only when they edit it."""
    raw = str(message.get("text") or "")
    if without:
        raw = _mention(without).sub("", raw)
    return plain(raw).strip() or _join(_read_blocks(message.get("blocks")))


def mentions(message: Payload, member: str) -> bool:
    return (
        re.search(rf"<@{re.escape(member)}(?:\|[^<>]*)?>", str(message.get("text") or ""))
        is not None
    )


def _mention(member: str) -> re.Pattern[str]:
    return re.compile(rf"<@{re.escape(member)}(?:\|[^<>]*)?>")


def plain(text: str) -> str:
    """Return Slack's own markup as text: `<url>`, `label <url>`, `@name`, `#name`."""
    return _MARKUP.sub(lambda match: _spoken(match[1]) if match[1] else _ENTITIES[match[2]], text)


def typed(text: str) -> str:
    """Return what was typed after a command: channels as their ids, links without brackets."""
    return plain(_TYPED.sub(lambda match: match[1] or match[2], text)).strip()


def _spoken(inner: str) -> str:
    body, _, label = (_unescape(part) for part in inner.partition("|"))
    if body[0] in "@#":
        return body[0] + (label or body[1:]).removeprefix(body[0])
    if body[0] == "!":
        return label or "@" + body[1:].partition("^")[0]
    if not body.lower().startswith(("http://", "https://")):
        return label or body.partition(":")[2] or body
    return _link(body, label)


def _link(url: str, label: str = "") -> str:
    is_plain = not label or label == url or url.partition("://")[2].startswith(label.rstrip("…"))
    return f"<{url}>" if is_plain else f"{label} <{url}>"


def _unescape(text: str) -> str:
    return re.sub("&(amp|lt|gt);", lambda match: _ENTITIES[match[1]], text)


def _is_new(part: str, said: str) -> bool:
    return part is said or part not in said


def _join(lines: Iterator[str]) -> str:
    return "\n".join(line for line in lines if line.strip())


def _hidden_links(said: str, message: Payload) -> Iterator[str]:
    """Yield links that only the blocks have: under a button, or where `text` is a mere summary."""
    blocks = _join(_read_blocks(message.get("blocks")))
    yield from (f"<{url}>" for url in find_urls(blocks) if url not in said)


def _attached(message: Payload) -> Iterator[str]:
    for each in message.get("attachments") or ():
        if each.get("is_share") or each.get("is_msg_unfurl") or each.get("message_blocks"):
            yield _forwarded(each)
        elif preview := each.get("original_url") or each.get("from_url"):
            yield _link(str(preview))
        else:
            yield _join(_card(each))


def _forwarded(attachment: Payload) -> str:
    blocks = [
        each.get("message", {}).get("blocks") for each in attachment.get("message_blocks") or ()
    ]
    return text_of({**attachment, "blocks": [block for each in blocks for block in each or ()]})


def _card(attachment: Payload) -> Iterator[str]:
    for key in ("pretext", "title", "text"):
        yield plain(str(attachment.get(key) or ""))
    if link := attachment.get("title_link"):
        yield _link(str(link))
    for each in attachment.get("fields") or ():
        yield plain(str(each.get("value") or ""))
    yield from _read_blocks(attachment.get("blocks"))


def _linked_files(message: Payload) -> Iterator[str]:
    for each in message.get("files") or ():
        if each.get("is_external") and (url := each.get("external_url") or each.get("url_private")):
            yield _link(str(url))


def _read_blocks(node: Any) -> Iterator[str]:
    """Yield the lines of Block Kit's blocks, whatever their kind: the words and the links."""
    match node:
        case list():
            for each in node:
                yield from _read_blocks(each)
        case {"type": "rich_text_section" | "rich_text_quote" | "rich_text_preformatted"}:
            yield "".join(_read_run(each) for each in node.get("elements") or ())
        case {"type": "mrkdwn", "text": str(text)}:
            yield plain(text)
        case {"text": str(text)}:
            yield text
        case dict():
            if link := node.get("url") or node.get("title_url"):
                yield _link(str(link))
            yield from _read_blocks([node[key] for key in _INSIDE if key in node])
        case _:
            return


def _read_run(run: Payload) -> str:
    match run:
        case {"type": "link", "url": str(url)}:
            return _link(url, str(run.get("text") or ""))
        case {"type": "emoji", "name": str(name)}:
            return emoji_of(name)
        case {"type": "user", "user_id": str(user)}:
            return f"@{user}"
        case {"type": "channel", "channel_id": str(channel)}:
            return f"#{channel}"
        case {"text": str(text)}:
            return text
        case _:
            return str(run.get("fallback") or "")
