"""What is known about particular sites: addresses of one thing, and parameters that only track."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import parse_qs

from bot.domain.paper_addresses import PAPER_RULES, PUBLISHERS, find_arxiv, find_doi

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
    "m.post.naver.com": "post.naver.com",
    "hf.co": "huggingface.co",
    "m.linkedin.com": "linkedin.com",
    "mbasic.facebook.com": "facebook.com",
    "web.facebook.com": "facebook.com",
    "m.brunch.co.kr": "brunch.co.kr",
    "m.clien.net": "clien.net",
    "m.etnews.com": "etnews.com",
    "m.yna.co.kr": "yna.co.kr",
    "mobile.nytimes.com": "nytimes.com",
    "m.imdb.com": "imdb.com",
    "m.vk.com": "vk.com",
    "m.twitch.tv": "twitch.tv",
    "m.soundcloud.com": "soundcloud.com",
    "m.bilibili.com": "bilibili.com",
    # They show the posts of others where a chat would show none.
    **dict.fromkeys(
        ("fxtwitter.com", "vxtwitter.com", "fixupx.com", "fixvx.com", "nitter.net", "xcancel.com"),
        "x.com",
    ),
    "rxddit.com": "reddit.com",
    "vxreddit.com": "reddit.com",
}
_MOBILE_WIKI = re.compile(r"((?:[a-z-]+\.)?)m\.(wik[a-z]+\.org)")
_LINKEDIN_OF_COUNTRY = re.compile(r"[a-z]{2}\.linkedin\.com")

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


def twin_host(host: str) -> str:
    """Return the host that serves the same paths and is meant for everybody."""
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    if found := _MOBILE_WIKI.fullmatch(host):
        return f"{found[1]}{found[2]}"
    if _LINKEDIN_OF_COUNTRY.fullmatch(host):
        return "linkedin.com"
    return MOBILE_HOSTS.get(host, host)


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
    rule = _RULES.get(host) or (find_doi if host in PUBLISHERS else None)
    return rule(path, query) if rule else None


def _parents(host: str) -> Iterable[str]:
    """Yield the host and the domains above it, nearest first."""
    labels = host.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


_VIDEO_PATH = re.compile(r"/(?:shorts|embed|live|v)/([\w-]{11})", re.ASCII)
_VIDEO_ID = re.compile(r"[\w-]{11}", re.ASCII)


def _youtube(path: str, query: str) -> str | None:
    values = parse_qs(query)
    video = _VIDEO_PATH.fullmatch(path)
    if path == "/attribution_link":
        _, _, query = values.get("u", [""])[0].partition("?")
        path, values = "/watch", parse_qs(query)
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
    if match[3] in (None, "/tree/main", "/tree/master", "/tree/HEAD"):
        return repository
    rest = match[3].replace("/raw/", "/blob/", 1) if match[3].startswith("/raw/") else match[3]
    return f"{repository}{rest}{'?' * bool(query)}{query}"


def _raw_github(path: str, _query: str) -> str | None:
    """Name the page around the file."""
    match = re.fullmatch(r"/([\w.-]+/[\w.-]+)/(?:refs/heads/)?(.+)", path, re.ASCII)
    return _github(f"/{match[1]}/blob/{match[2]}", "") if match else None


_OF_BRANCH = re.compile(r"/(?:-/tree|src/branch|src)(?:/(?:main|master|HEAD))?\Z")
_PROJECT = re.compile(r"(?:/[\w.-]+){2,}", re.ASCII)


def _project_on(host: str) -> Callable[[str, str], str | None]:
    """Return the rule of a host of repositories: their names ignore case, as on GitHub."""

    def find(path: str, _query: str) -> str | None:
        front = _OF_BRANCH.sub("", path)
        while front.endswith(".git"):
            front = front.removesuffix(".git")
        is_front = _PROJECT.fullmatch(front) and "/-/" not in front
        return f"https://{host}{front.lower()}" if is_front else None

    return find


def _hugging_face(path: str, _query: str) -> str | None:
    if paper := re.fullmatch(r"/papers/(\d{4}\.\d{4,5})(?:v\d+)?", path, re.ASCII):
        return find_arxiv(f"/abs/{paper[1]}", "")
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


def _vimeo(path: str, _query: str) -> str | None:
    video = re.fullmatch(r"/video/(\d+)", path, re.ASCII)
    return f"https://vimeo.com/{video[1]}" if video else None


def _daum(path: str, _query: str) -> str | None:
    article = re.fullmatch(r"/v/(\d{14,20})", path, re.ASCII)
    return f"https://v.daum.net/v/{article[1]}" if article else None


_POST = re.compile(r"/(\w+)/status(?:es)?/(\d+)(?:/(?:photo|video)/\d+|/analytics)?", re.ASCII)


def _x(path: str, _query: str) -> str | None:
    """Leave out which picture of the post is shown; names ignore case."""
    post = _POST.fullmatch(path.replace("/i/web/status/", "/i/status/", 1))
    return f"https://x.com/{post[1].lower()}/status/{post[2]}" if post else None


_THREAD = re.compile(r"((?:/r/\w+|/user/\w+)?/comments/\w+)(?:/[^/]*)?", re.ASCII)


def _reddit(path: str, _query: str) -> str | None:
    """Leave out a thread's title; one comment of it is a thing of its own."""
    thread = _THREAD.fullmatch(path)
    return f"https://reddit.com{thread[1].lower()}" if thread else None


def _short_reddit(path: str, _query: str) -> str | None:
    thread = re.fullmatch(r"/(\w+)", path, re.ASCII)
    return f"https://reddit.com/comments/{thread[1].lower()}" if thread else None


def _lobsters(path: str, _query: str) -> str | None:
    story = re.fullmatch(r"/s/(\w+)(?:/[^/]*)?", path, re.ASCII)
    return f"https://lobste.rs/s/{story[1]}" if story else None


_RULES: dict[str, Callable[[str, str], str | None]] = {
    **PAPER_RULES,
    "x.com": _x,
    "reddit.com": _reddit,
    "redd.it": _short_reddit,
    "lobste.rs": _lobsters,
    "player.vimeo.com": _vimeo,
    "v.daum.net": _daum,
    "news.v.daum.net": _daum,
    "media.daum.net": _daum,
    "raw.githubusercontent.com": _raw_github,
    "gitlab.com": _project_on("gitlab.com"),
    "codeberg.org": _project_on("codeberg.org"),
    "bitbucket.org": _project_on("bitbucket.org"),
    "youtube.com": _youtube,
    "youtu.be": _short_youtube,
    "github.com": _github,
    "huggingface.co": _hugging_face,
    "news.naver.com": _naver_news,
    "m.news.naver.com": _naver_news,
    "n.news.naver.com": _naver_news,
    "blog.naver.com": _naver_blog,
}
