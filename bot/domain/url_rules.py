"""What is known about particular sites: addresses of one thing, and parameters that only track."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import parse_qs

# Hosts that serve the same paths as another. `m.` is not dropped from hosts in general:
# on many sites the mobile paths differ.
MOBILE_HOSTS = {
    "m.youtube.com": "youtube.com",
    "music.youtube.com": "youtube.com",
    "youtube-nocookie.com": "youtube.com",
    "m.facebook.com": "facebook.com",
    "mobile.facebook.com": "facebook.com",
    "mobile.twitter.com": "x.com",
    "m.twitter.com": "x.com",
    "twitter.com": "x.com",
    "mobile.x.com": "x.com",
    "old.reddit.com": "reddit.com",
    "new.reddit.com": "reddit.com",
    "m.reddit.com": "reddit.com",
    "np.reddit.com": "reddit.com",
    "m.blog.naver.com": "blog.naver.com",
    "m.cafe.naver.com": "cafe.naver.com",
    "m.wikipedia.org": "wikipedia.org",
    "hf.co": "huggingface.co",
    "kr.linkedin.com": "linkedin.com",
}

_TRACKING_PREFIXES = ("utm_", "mc_", "hsa_", "_hs", "pk_", "mtm_", "at_", "oly_", "vero_", "guce_")
_TRACKING_NAMES = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid li_fat_id mkt_tok
    igsh igshid srsltid mibextid ref_src ref_url linkid trk trkinfo trackingid lipi refid midtoken
    ncid cmpid ocid smid sref spm guccounter _ga _gl __s s_cid _openstat ck_subscriber_id
    ab_channel sfnsn wickedid share_id sharetype spref fromrss trackingcode
"""
_TRACKING = frozenset(_TRACKING_NAMES.split())
_TRACKING_ON = {
    "x.com": {"s", "t", "ref"},
    "open.spotify.com": {"si"},
    "youtube.com": {"si", "feature", "pp"},
    "medium.com": {"source"},
    "reddit.com": {"rdt"},
    "linkedin.com": {"rcm", "originalsubdomain"},
    "substack.com": {"r", "publication_id", "post_id", "isfreemail", "triedredirect"},
    "threads.net": {"xmt"},
    "threads.com": {"xmt"},
    "producthunt.com": {"ref"},
    "github.com": {"tab"},
    "etnews.com": {"mc"},
}
# `?ref=` names the referring site on Ghost blogs and newsletters, but a branch on code hosts.
_REFERRER = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}|hackernews|producthunt|newsletter")


def is_tracking(host: str, name: str, value: str) -> bool:
    """Whether a query parameter says where a reader came from, not what is read."""
    name = name.lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    if name == "ref" and _REFERRER.fullmatch(value.lower()):
        return True
    return any(name in _TRACKING_ON.get(parent, ()) for parent in _parents(host))


def known_identity(host: str, path: str, query: str) -> str | None:
    """Return the canonical address of a thing on a site whose addresses are known.

    `host`, `path` and `query` are already normalised: no `www.`, no trailing slash.
    """
    rule = _RULES.get(host)
    return rule(path, query) if rule else None


def _parents(host: str) -> Iterable[str]:
    """Yield the host and the domains above it, nearest first."""
    labels = host.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


_ARXIV_ID = re.compile(
    r"/(?:abs|pdf|html|format|e-print|src|ps|overview|forum)/(?:arxiv:)?"
    r"(?:(?P<new>\d{4}\.\d{4,5})|(?P<archive>[a-z-]+)(?:\.[a-z]{2})?/(?P<old>\d{7}))"
    r"(?:v\d+)?(?:\.pdf|\.md)?",
    re.IGNORECASE,
)


def _arxiv(path: str, _query: str) -> str | None:
    match = _ARXIV_ID.fullmatch(path)
    if match is None:
        return None
    paper = match["new"] or f"{match['archive'].lower()}/{match['old']}"
    return f"https://arxiv.org/abs/{paper}"


_UPPER_OR_ESCAPE = re.compile(r"%[0-9A-F]{2}|[A-Z]+")


def _doi(path: str, _query: str) -> str | None:
    # A DOI ignores case; arXiv's own DOIs name the paper at arXiv.
    path = path.replace("%2F", "/")
    if not re.match(r"/10\.\d{4,9}/.", path, re.ASCII) or "/." in path:
        return None
    lower = _UPPER_OR_ESCAPE.sub(lambda m: m[0] if m[0][0] == "%" else m[0].lower(), path)
    paper = _arxiv(lower.replace("/10.48550/arxiv.", "/abs/", 1), "")
    return paper or f"https://doi.org{lower.rstrip('/')}"


_VIDEO_PATH = re.compile(r"/(?:shorts|embed|live|v)/([\w-]{11})", re.ASCII)
_VIDEO_ID = re.compile(r"[\w-]{11}", re.ASCII)


def _youtube(path: str, query: str) -> str | None:
    values = parse_qs(query)
    video = _VIDEO_PATH.fullmatch(path)
    if video is None and path == "/watch":
        video = _VIDEO_ID.fullmatch(values.get("v", [""])[0])
    if video:
        return f"https://www.youtube.com/watch?v={video[0][-11:]}"
    playlist = values.get("list", [""])[0]
    if path == "/playlist" and re.fullmatch(r"[\w-]+", playlist, re.ASCII):
        return f"https://www.youtube.com/playlist?list={playlist}"
    return None


def _short_youtube(path: str, _query: str) -> str | None:
    video = _VIDEO_ID.fullmatch(path[1:])
    return f"https://www.youtube.com/watch?v={video[0]}" if video else None


_GITHUB_WORDS = """
    orgs topics features sponsors marketplace settings about login search collections trending
    apps notifications explore pricing blog enterprise security customer-stories readme events
    users solutions resources team models copilot site
"""
GITHUB_PAGES = frozenset(_GITHUB_WORDS.split())
_REPOSITORY = re.compile(r"/([\w.-]+)/([\w.-]*?[\w-])(?:\.git)*(/.+)?", re.ASCII)


def _github(path: str, query: str) -> str | None:
    """Owner and repository ignore case; the front page has several addresses."""
    match = _REPOSITORY.fullmatch(path)
    if match is None or match[1].lower() in GITHUB_PAGES:
        return None
    repository = f"https://github.com/{match[1].lower()}/{match[2].lower()}"
    if match[3] in (None, "/tree/main", "/tree/master"):
        return repository
    return f"{repository}{match[3]}{'?' * bool(query)}{query}"


def _hugging_face(path: str, _query: str) -> str | None:
    front = re.fullmatch(r"(/.+?)(?:/tree/main)+", path)
    return f"https://huggingface.co{front[1]}" if front else None


_NAVER_ARTICLE = re.compile(r"(?:/m?news)?/article/(?:comment/)?(\d{3})/(\d{10})")


def _naver_news(path: str, query: str) -> str | None:
    values = parse_qs(query)
    outlet, article = (values.get(key, [""])[0] for key in ("oid", "aid"))
    if match := _NAVER_ARTICLE.fullmatch(path):
        outlet, article = match.groups()
    if not re.fullmatch(r"\d{3}/\d{10}", f"{outlet}/{article}", re.ASCII):
        return None
    return f"https://n.news.naver.com/article/{outlet}/{article}"


def _naver_blog(path: str, query: str) -> str | None:
    values = parse_qs(query)
    blog, post = (values.get(key, [""])[0] for key in ("blogId", "logNo"))
    if path.startswith("/PostView.") and re.fullmatch(r"\w+/\d+", f"{blog}/{post}", re.ASCII):
        return f"https://blog.naver.com/{blog}/{post}"
    return None


_RULES: dict[str, Callable[[str, str], str | None]] = {
    "arxiv.org": _arxiv,
    "export.arxiv.org": _arxiv,
    "alphaxiv.org": _arxiv,  # the same paper with a discussion at its side
    "ar5iv.org": _arxiv,
    "ar5iv.labs.arxiv.org": _arxiv,
    "doi.org": _doi,
    "dx.doi.org": _doi,
    "youtube.com": _youtube,
    "youtu.be": _short_youtube,
    "github.com": _github,
    "huggingface.co": _hugging_face,
    "news.naver.com": _naver_news,
    "m.news.naver.com": _naver_news,
    "n.news.naver.com": _naver_news,
    "blog.naver.com": _naver_blog,
}
