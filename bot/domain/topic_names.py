"""What the topic of a link is called: each link has one section, those without a topic by kind."""

from __future__ import annotations

from functools import cache

from bot.domain.material import Group
from bot.domain.models import KIND_EMOJI, LinkRecord
from bot.domain.topics import SHIPPED_TOPICS, Topic
from bot.text.tokens import tokenise
from bot.texts import Say

_MIN_SHARE = 0.6


def topic_name(link: LinkRecord, say: Say, *, language: str) -> str:
    """Return the name of the link's first topic; a topic of the workspace's own is its name."""
    return name_of_group(Group.of(link), say, language=language)


def name_of_group(group: Group, say: Say, *, language: str) -> str:
    if not group.topic:
        return say(f"kind.{group.kind}")
    return name_of_topic(group.topic, language=language)


def name_of_topic(topic_id: str, *, language: str) -> str:
    topic = _by_id().get(topic_id)
    if topic is None:
        return topic_id
    return topic.name_ko if language == "ko" else topic.name_en


def topic_emoji(link: LinkRecord) -> str:
    if not link.topics:
        return KIND_EMOJI[link.kind]
    topic = _by_id().get(link.topics[0])
    return topic.emoji if topic else ""


def emoji_of_category(name: str, link: LinkRecord) -> str:
    """Return the emoji of the topic that a person's category names, else of the link's topic."""
    words = set(tokenise(name))
    shares = [
        (len(words & set(tokenise(each))) / len(set(tokenise(each))), topic.emoji)
        for topic in SHIPPED_TOPICS
        for each in (topic.name_en, topic.name_ko)
    ]
    share, emoji = max(shares, key=lambda each: each[0])
    return emoji if share >= _MIN_SHARE else topic_emoji(link)


@cache
def _by_id() -> dict[str, Topic]:
    return {topic.id: topic for topic in SHIPPED_TOPICS}
