"""Who is behind a link: its source on the web, and whether a person or a machine saved it."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from bot.domain.models import LinkRecord
from bot.domain.urls import InvalidUrl, host_of

# Members that stand for a machine: an imported archive, a feed.
_MACHINES = ("import", "feed")
# On these the first part of the path names the publisher, as a host does elsewhere.
_ACCOUNT_HOSTS = frozenset(
    ("github.com", "gitlab.com", "huggingface.co", "medium.com", "velog.io", "x.com")
)
# These publish everybody: to have many links there is no flood.
_LIBRARIES = frozenset(("arxiv.org", "doi.org", "openreview.net", "youtube.com", "linkedin.com"))


def source_of(link: LinkRecord) -> str:
    """Return who publishes there: a host, or an account on a host that many share.

    Where nobody in particular does, the link is its own source.
    """
    return _source_of(link.url)


@lru_cache(maxsize=8192)  # of one digest's links it is asked several times
def _source_of(url: str) -> str:
    try:
        host = host_of(url)
    except InvalidUrl:
        return url
    if host in _LIBRARIES:
        return url
    if host in _ACCOUNT_HOSTS:
        return f"{host}/{urlsplit(url).path.strip('/').partition('/')[0]}"
    return host


def is_machine(member: str) -> bool:
    return member.partition(":")[0] in _MACHINES
