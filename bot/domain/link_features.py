"""What an address and a title show about the kind of a link, as named features.

Three sorts: known hosts (link_hosts.toml), the shape of the address, and words of the title.
`benchmarks/train_link_kind.py` learns a weight per kind for each of them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from urllib.parse import unquote, urlsplit

from bot.domain.urls import InvalidUrl, canonicalise

_WORD = re.compile(r"[a-z]+|[가-힣]+")

_PATH_SHAPES = {
    "pdf": r"\.pdf$|/pdf/",
    "abs": r"/abs/|/doi/|/fulltext|/content/10\.|/forum$|/pii/|/publications?/",
    "dated": r"/(?:19|20)\d\d[/-]\d{1,2}(?:[/-]|\b)|/(?:19|20)\d\d/[a-z]{3}/",
    "dated_slug": r"-20\d\d-\d\d-\d\d|-(?:19|20)\d\d[01]\d[0-3]\d|\d{8,}",
    "article": r"/articles?(?:/|view|\b)|/wirestory/|/view/|/newsview|/read/|/story/|/idxno",
    "newsroom": r"/news(?:room)?/|/press|/media/",
    "blog": r"/blogs?(?:/|$)|/blogpost|/posts?/|/p/",
    "docs": r"/docs?/|/guides?/|/learn/|/tutorials?/|/api/|/help/|/courses?/|/short-courses/",
    "status": r"/status/|/posts/|/watch$|/shorts/|/playlist$|/reel/|/r/",
    "section": r"/(?:technology|tech|business|politics|world|science|health|gadgets|markets|ai)/",
    "html": r"\.html?$|\.php$|\.aspx$|\.do$|\.nhn$",
    "project": r"/project|/demo|/spaces/|/experiments?/|_page|-page",
    "home": r"^/?$",
}
_PATH_PATTERNS = {name: re.compile(pattern) for name, pattern in _PATH_SHAPES.items()}

_TITLE_SHAPES = {
    "release": r"\b(?:introducing|announcing|meet|now available|launch(?:ing)?|release[sd]?|open[- ]sourc"
    r"(?:e|ed|ing)|preview|beta|build(?:ing)?|how (?:we|to)|guide|tutorial|course|sdk|api|cli)\b"
    r"|공개했습니다|오픈소스|가이드|튜토리얼|만들기|사용법|개발기|적용기|도입기|후기",
    "report": r"\b(?:says?|said|unveils?|reveals?|raises?|sues?|lawsuits?|bans?|warns?|testif(?:y|ies)"
    r"|acquires?|buys?|plans?|talks|deals?|strikes|reportedly|hires?|fires?|ceo|billion|million|stocks?"
    r"|regulat(?:e|ion|ors?|ions)|government|president|china|eu|u\.s\.|uk|fda|ftc|jobs|investigation"
    r"|users|company|startup)\b|\$\d|출시|투자|유치|인수|발표|밝혔다|억원|조원|정부|규제|소송|전망|특허"
    r"|대표|주가|상장|협약|선정|개최|속보|단독",
    "study": r"\b(?:via|towards?|learning|benchmark(?:ing)?|survey|framework|reasoning|large language"
    r" models?|transformers?|diffusion|attention|optimi[sz]ation|pre-?training|fine-?tuning|retrieval"
    r"|evaluating|understanding|efficient|scaling|multi-?modal|zero-shot|few-shot|study|analysis"
    r"|representations?|networks?|supervised|reinforcement)\b|논문|연구|학습|추론",
    "colon": r"\w: \w",
    "question": r"\?\s*$",
    "quoted": r"[‘’“”]",
    "version": r"\b[a-z]*-?v?\d+(?:\.\d+)+\b|\b\d+b\b",
    "korean": r"[가-힣]",
    "by_line": r"\|",
}
_TITLE_PATTERNS = {name: re.compile(pattern) for name, pattern in _TITLE_SHAPES.items()}


def link_features(url: str, title: str, *, own_host: bool = True) -> list[str]:
    """Return the features that are present, each once; `own_host` names the very host too."""
    host, path = _host_and_path(url)
    found = ["bias", *_host_features(host, path), *_path_features(path), *_title_features(title)]
    if own_host:
        found.append(f"host={host}")
    return list(dict.fromkeys(found))


def _host_and_path(url: str) -> tuple[str, str]:
    """Take both from the identity, so that every address of one link has one kind."""
    try:
        parts = urlsplit(canonicalise(url))
    except InvalidUrl:
        return "", ""
    return (parts.hostname or "").removeprefix("www."), unquote(parts.path).lower().rstrip("/")


def _host_features(host: str, path: str) -> Iterator[str]:
    group = known_group(host, path)
    yield f"group={group}"
    labels = host.split(".")
    yield f"tld={labels[-1]}"
    for label in labels[:-1]:
        for word in _WORD.findall(label):
            yield f"in_host={word}"
            yield from (f"in_host={part}*" for part in ("news", "times", "blog", "ai", "daily") if part in word)
    for name, pattern in _PATH_PATTERNS.items():
        if pattern.search(path):
            yield f"group={group}&path={name}"


def _path_features(path: str) -> Iterator[str]:
    segments = [segment for segment in path.split("/") if segment]
    yield f"depth={min(len(segments), 5)}"
    yield from (f"path={name}" for name, pattern in _PATH_PATTERNS.items() if pattern.search(path))
    slug = max((segment.count("-") for segment in segments), default=0)
    yield f"slug={'long' if slug >= 6 else 'short' if slug >= 2 else 'none'}"
    for segment in segments[:3]:
        if len(segment) <= 16:
            yield f"segment={segment}"


def _title_features(title: str) -> Iterator[str]:
    lower = title.lower()
    yield from (f"title={name}" for name, pattern in _TITLE_PATTERNS.items() if pattern.search(lower))
    words = _WORD.findall(lower)
    yield f"words={min(len(words) // 4, 4)}"
    yield from (f"word={word}" for word in words)


def known_group(host: str, path: str) -> str:
    """Return the group of link_hosts.toml that knows the address best, or `unknown`."""
    groups = _known_hosts()
    segments = path.split("/")[1:]
    labels = host.split(".")
    for start in range(len(labels)):
        parent = ".".join(labels[start:])
        for prefix, group in groups.get(parent, ()):
            if "/".join(segments).startswith(prefix):
                return group
    return "unknown"


@cache
def _known_hosts() -> dict[str, list[tuple[str, str]]]:
    """Map each host to its (path beginning, group) pairs, the longest beginning first."""
    source = files("bot.domain").joinpath("link_hosts.toml").read_text(encoding="utf-8")
    hosts: dict[str, list[tuple[str, str]]] = {}
    for group, entries in tomllib.loads(source).items():
        for entry in entries.split():
            host, _, prefix = entry.partition("/")
            hosts.setdefault(host, []).append((prefix, group.removesuffix("_ko")))
    for pairs in hosts.values():
        pairs.sort(key=lambda pair: (-len(pair[0]), pair))
    return hosts
