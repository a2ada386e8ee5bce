"""What an address and a title show about the kind of a link, as named features.

Three sorts: known hosts (link_hosts.toml), the shape of the address, and cues in the title.
Cues are groups of words rather than words, so that a weight learned on English titles
holds for Korean ones and for sites and subjects that no training link came from.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from urllib.parse import unquote, urlsplit

from bot.domain.urls import InvalidUrl, canonicalise


def link_features(url: str, title: str) -> list[str]:
    """Return the features that are present, each once; the group of the host comes first."""
    host, path = _host_and_path(url)
    found = [f"group={known_group(host, path)}"]
    found += _host_features(host)
    found += _path_features(path)
    found += [f"title={cue}" for cue, pattern in _TITLE_CUES.items() if pattern.search(title)]
    return list(dict.fromkeys(found))


def known_group(host: str, path: str) -> str:
    """Return the group of link_hosts.toml that knows the address best, or `unknown`."""
    hosts = known_hosts()
    labels = host.split(".")
    for start in range(len(labels)):
        for beginning, group in hosts.get(".".join(labels[start:]), ()):
            if path.startswith(beginning):
                return group
    return "unknown"


@cache
def known_hosts() -> dict[str, list[tuple[str, str]]]:
    """Map each host to its (path beginning, group) pairs, the longest beginning first."""
    source = files("bot.domain").joinpath("link_hosts.toml").read_text(encoding="utf-8")
    hosts: dict[str, list[tuple[str, str]]] = {}
    for group, entries in tomllib.loads(source).items():
        for entry in entries.split():
            host, slash, path = entry.partition("/")
            hosts.setdefault(host, []).append((slash + path, group.removesuffix("_ko")))
    for pairs in hosts.values():
        pairs.sort(key=lambda pair: (-len(pair[0]), pair))
    return hosts


def _host_and_path(url: str) -> tuple[str, str]:
    # From the identity, so that every address of one link has one kind.
    try:
        parts = urlsplit(canonicalise(url))
    except InvalidUrl:
        return "", ""
    return (parts.hostname or "").removeprefix("www."), unquote(parts.path).lower().rstrip("/")


def _host_features(host: str) -> Iterator[str]:
    name, _, top = host.rpartition(".")
    yield f"top={top}"
    yield from (f"host={word}" for word, pattern in _HOST_WORDS.items() if pattern.search(name))


def _path_features(path: str) -> Iterator[str]:
    yield from (f"path={shape}" for shape, pattern in _PATH_SHAPES.items() if pattern.search(path))
    # Headlines become long slugs, product names short ones.
    hyphens = max(segment.count("-") for segment in path.split("/"))
    yield f"slug={'long' if hyphens >= 6 else 'short' if hyphens >= 2 else 'none'}"


# Words that sites of a sort put into their names, also the sites of no list.
_HOST_WORDS = {
    "paper": re.compile(r"paper|proceedings|journal|preprint|scholar|rxiv"),
    "news": re.compile(
        r"news|times|daily|post|herald|tribune|gazette|chronicle|observer|today|econom|ilbo|shinmun"
    ),
    "builder": re.compile(
        r"blog|docs?\b|developer|\bdev|engineering|research|labs?\b|academy|learn|demo|code|playground"
    ),
    "github": re.compile(r"github$"),
    "ai": re.compile(r"ai$"),
    "tech": re.compile(r"tech"),
}

_PATH_SHAPES = {
    "pdf": re.compile(r"\.pdf$|/pdf/"),
    "abs": re.compile(
        r"/abs/|/doi/|/fulltext|/content/10\.|/forum$|/pii/|/publications?/|/papers?/"
    ),
    "dated": re.compile(
        r"/(?:19|20)\d\d[/-]\d{1,2}(?:[/-]|\b)|/(?:19|20)\d\d/[a-z]{3}/|/(?:19|20)\d{6}/"
    ),
    "dated_slug": re.compile(r"-20\d\d-\d\d-\d\d|-(?:19|20)\d\d[01]\d[0-3]\d|\d{8,}"),
    "article": re.compile(
        r"/articles?(?:/|view|\b)|/wirestory/|/view/|/newsview|/read/|/story/|/idxno"
    ),
    "newsroom": re.compile(r"/news(?:room)?/|/press|/media/"),
    "blog": re.compile(r"/blogs?(?:/|$)|/blogpost|/posts?/|/p/"),
    "docs": re.compile(
        r"/docs?(?:/|$)|/guides?/|/learn/|/tutorials?/|/api/|/help/|/(?:short-)?courses?/"
    ),
    "section": re.compile(
        r"/(?:technology|tech|business|politics|world|science|health|gadgets|markets|ai)/"
    ),
    "page": re.compile(r"\.html?$|\.php$|\.aspx$|\.do$|\.nhn$"),
    "project": re.compile(r"/project|/demo|/spaces/|/experiments?/|_page|-page"),
    "home": re.compile(r"^$"),
}


def _cue(words: str, marks: str) -> re.Pattern[str]:
    """Match whole English words, or marks (Korean, signs) anywhere."""
    return re.compile(
        rf"\b(?:{'|'.join(words.split())})\b|{'|'.join(marks.split())}", re.IGNORECASE
    )


_TITLE_CUES = {
    "release": _cue(
        r"""introducing announcing meet now\s+available launch(?:ing)? release[sd]? preview beta
        open[-\s]sourc(?:e|ed|ing) build(?:ing)? how\s+(?:we|to) guide tutorial course sdk api
        cli""",
        "공개했습니다 오픈소스 가이드 튜토리얼 만들기 사용법 개발기 적용기 도입기 후기",
    ),
    "report": _cue(
        r"""says? said unveils? reveals? raises? sues? lawsuits? bans? warns? testif(?:y|ies)
        acquires? buys? plans? talks deals? strikes reportedly hires? fires? ceo billion million
        stocks? regulat(?:e|ion|ors?|ions) government president china eu u\.s\. uk fda ftc jobs
        investigation users company startup""",
        r"\$\d 출시 투자 유치 인수 발표 밝혔다 억원 조원 정부 규제 소송 전망 특허 대표 주가 상장"
        " 협약 선정 개최 속보 단독",
    ),
    "study": _cue(
        r"""via towards? learning benchmark(?:ing)? survey framework reasoning transformers?
        large\s+language\s+models? diffusion attention optimi[sz]ation pre-?training fine-?tuning
        retrieval evaluating understanding efficient scaling multi-?modal zero-shot few-shot study
        analysis representations? networks? supervised reinforcement""",
        "논문 연구 학습 추론",
    ),
    "colon": re.compile(r"\w: \w"),
    "question": re.compile(r"\?\s*$"),
    "quoted": re.compile(r"[‘’“”]"),
    "version": re.compile(r"\b[a-z]*-?v?\d+(?:\.\d+)+\b|\b\d+b\b", re.IGNORECASE),
    "korean": re.compile(r"[가-힣]"),
    "bar": re.compile(r"\|"),
}
