"""The fields at the top of a post that Jekyll publishes, made of what the digest is."""

from __future__ import annotations

from adapters.documents.safe_text import one_line
from bot.domain.digests import Digest
from bot.domain.styles.headlines import headlines_of

_CATEGORY = "Jubo"
_TAGS = 8


def front_matter(digest: Digest) -> dict[str, object]:
    """Return the fields in the order in which people write them.

    The date is that of the newest link: a post of a day to come is not published.
    """
    items = [item for each in digest.sections for item in (*each.items, *each.brief)]
    day = max((item.day for item in items), default=digest.period.first)
    fields: dict[str, object] = {
        "layout": "post",
        "title": one_line(digest.title),
        "date": f"{day.isoformat()} 00:00:00",
        "categories": [_CATEGORY],
        "tags": [one_line(topic.name) for topic in digest.topics[:_TAGS]],
        "lang": digest.language,
        # A dollar in a title is a dollar.
        "math": False,
        "toc": True,
        "pin": False,
        # What lists of posts and search engines show below the title.
        "description": one_line(" · ".join(headlines_of(digest))),
    }
    if digest.chart and digest.chart.bars:
        # Where themes look for a post's pictures: under the older and the newer name of the field.
        folder = f"/assets/img/jubo/{digest.period.first.isoformat()}/"
        fields |= {
            "img_path": folder,
            "media_subpath": folder,
        }
    return fields
