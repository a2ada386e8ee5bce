"""Words as somebody writes them who wants to ping, to mislead or to break what shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

EVIL = "evil.example"  # no link of a bot's message may lead there
# Turned around, without width, cut in half by others: nothing of this may reach a screen.
TURNING = "\u202e\u2066\u200f"

MARKUP = (
    "<!channel> <!here|all> <@U0MINA> <#C0PRIVATE> <!subteam^S1> @everyone @here <@&1> <@1> <#1>"
    f" <https://{EVIL}/a|safe> [safe](https://{EVIL}/b) https://{EVIL}/c discord.gg/{EVIL}"
    f" *b* _i_ ~s~ `c` ||d|| </help:1> <t:1:R> # head > quote &lt;!channel&gt;"
)
TITLE = f"{TURNING}Lanterns {MARKUP}"


def page(topic: str) -> str:
    """Return an article whose title, author, site and text are all hostile."""
    shown = TITLE.replace("&", "&amp;").replace("<", "&lt;")
    said = MARKUP.replace("&", "&amp;").replace("<", "&lt;")
    return f"""<!doctype html><html lang="en"><head><title>{shown} {topic}</title>
<meta name="author" content="{said}"><meta property="og:site_name" content="@everyone">
</head><body><article><h1>{shown} {topic}</h1>
<p>The {topic} lantern says {said} to every duck that swims below it at night.</p>
<p>Nobody in the village believes the {topic} lantern, for it has said {said} once before.</p>
<p>Ducks like the {topic} lantern all the same, because its light is warm and red.</p>
</article></body></html>"""


def feed() -> str:
    """Return a feed whose title and only entry are hostile."""
    said = TITLE.replace("&", "&amp;").replace("<", "&lt;")
    return f"""<?xml version="1.0"?><rss version="2.0"><channel><title>{said}</title>
<link>https://feeds.example/</link><description>{said}</description>
<item><title>{said}</title><link>https://feeds.example/1</link><guid>1</guid></item>
</channel></rss>"""


def slack_trouble(message: Any) -> Iterator[str]:
    """Yield what in a Slack message would ping, link elsewhere or turn lines around."""
    match message:
        case list():
            for each in message:
                yield from slack_trouble(each)
        case {"type": "user" | "usergroup" | "channel" | "broadcast" | "team" | "date" as kind}:
            yield f"element {kind}"
        case dict():
            is_plain = message.get("type") in ("plain_text", "text", "link")
            for key, value in message.items():
                if key in ("url", "image_url", "title_url") and EVIL in str(value):
                    yield f"link {value}"
                elif isinstance(value, str) and key == "text":
                    yield from _slack_text(value, is_marked=not is_plain)
                    if message.get("type") == "mrkdwn" and not message.get("verbatim"):
                        yield f"names looked for in {value!r}"
                elif not isinstance(value, str):
                    yield from slack_trouble(value)
        case _:
            return


def _slack_text(text: str, *, is_marked: bool) -> Iterator[str]:
    if any(each in text for each in TURNING):
        yield f"turned {text!r}"
    for found in re.findall(r"<([^<>]*)>", text) if is_marked else ():
        if not found.startswith("http") or EVIL in found.partition("|")[0]:
            yield f"markup <{found}>"
