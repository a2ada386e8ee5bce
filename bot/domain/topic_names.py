"""What the topic of a link is called: each link has one section, those without a topic by kind."""

from __future__ import annotations

from functools import cache

from bot.domain.models import KIND_EMOJI, LinkRecord
from bot.domain.topics import SHIPPED_TOPICS, Topic
from bot.texts import Say


def topic_name(link: LinkRecord, say: Say, *, language: str) -> str:
    """Return the name of the link's first topic; a topic of the workspace's own is its name."""
    if not link.topics:
        return say(f"kind.{link.kind}")
    topic = _by_id().get(link.topics[0])
    if topic is None:
        return link.topics[0]
    return topic.name_ko if language == "ko" else topic.name_en


def topic_emoji(link: LinkRecord) -> str:
    if not link.topics:
        return KIND_EMOJI[link.kind]
    topic = _by_id().get(link.topics[0])
    return topic.emoji if topic else ""


@cache
def _by_id() -> dict[str, Topic]:
    return {topic.id: topic for topic in SHIPPED_TOPICS}
