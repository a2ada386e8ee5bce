"""Why an entry is in a digest, or why not, in people's words."""

from __future__ import annotations

from bot.domain.digests import DigestItem
from bot.domain.reasons import Reason
from bot.domain.topic_names import name_of_topic
from bot.texts import Say


def reasons_in(item: DigestItem, say: Say, *, language: str) -> str:
    """Return all that counted for the item, each with its points, which add up to the score."""
    told = " · ".join(_with_points(each, say, language=language) for each in item.why)
    return f"{say('why.score', points=item.score)}: {told}"


def reason_against(item: DigestItem, say: Say, *, language: str) -> str:
    return reason_text(item.why_not, say, language=language) if item.why_not else ""


def reason_text(reason: Reason, say: Say, *, language: str) -> str:
    _, _, about = reason.key.rpartition("_" if reason.key.startswith("why.") else ".")
    name = aspect_name(about, reason.name, say, language=language)
    return say(reason.key, count=reason.count, name=name)


def aspect_name(aspect: str, name: str, say: Say, *, language: str) -> str:
    """Return what a topic or a kind is called; everything else is called by its name."""
    match aspect:
        case "topic" if name:
            return name_of_topic(name, language=language)
        case "kind" if name:
            return say(f"kind.{name}")
        case _:
            return name


def _with_points(reason: Reason, say: Say, *, language: str) -> str:
    text = reason_text(reason, say, language=language)
    if not reason.points:
        return text
    key = "why.points_added" if reason.points > 0 else "why.points_taken"
    return say(key, reason=text, points=abs(reason.points))
