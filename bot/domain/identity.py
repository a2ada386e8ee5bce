"""Which address a page that was read is known by: its own, or the one that it truly leads to.

What a page says of itself is hostile until it is plain. A wrong "no" leaves two links of one thing;
a wrong "yes" makes one link of two things, or hands one site's link to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, parse_qsl, urlsplit

from bot.domain.models import PageText
from bot.domain.url_wrappers import is_home_of_many
from bot.domain.urls import InvalidUrl, canonicalise

# They say nothing themselves: whatever kind of redirect they answer with, it is what they are for.
_SHORTENERS_NAMES = """
    t.co bit.ly j.mp lnkd.in goo.gl maps.app.goo.gl forms.gle g.co buff.ly ow.ly tinyurl.com
    tiny.cc is.gd v.gd rb.gy cutt.ly dlvr.it ift.tt fb.me trib.al amzn.to a.co wp.me nyti.ms
    wapo.st bbc.in cnn.it reut.rs on.ft.com on.wsj.com bloom.bg econ.st git.io aka.ms shorturl.at
    t.ly s.id rebrand.ly short.gy dub.sh b.link snip.ly spr.ly hubs.ly hubs.la flip.it apple.co
    qr.ae eepurl.com link.medium.com feedproxy.google.com feeds.feedburner.com
    me2.do naver.me kko.to han.gl vo.la url.kr bitly.kr abit.ly zrr.kr c11.kr lihi.cc
"""
_SHORTENERS = frozenset(_SHORTENERS_NAMES.split())
# First labels under which one site serves the same paths to other devices.
_TWINS = re.compile(r"^(?:(?:www|m|mobile|amp|touch|wap)\.)+(?=[^.]+\.)")

_DETOURS_NAMES = """
    login log-in log_in logon signin sign-in sign_in signup sign-up sign_up register auth oauth
    oauth2 sso session sessions authorize accounts consent collectconsent cookies cookie-consent
    gdpr privacy-prompt captcha challenge verify checkpoint error errors 403 404 500 notfound
    not-found not_found pagenotfound page-not-found forbidden blocked denied access-denied
    unavailable expired paywall subscribe subscription
"""
_DETOURS = frozenset(_DETOURS_NAMES.split())
_DETOUR_HOST = re.compile(r"^(?:login|accounts?|auth|sso|signin|consent|captcha|idp?)\.")
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|do|naver)$")

_PAGING = {"page", "pg", "paged", "pageno", "page_no", "pagenum", "offset", "cursor"}
_PAGING_PATH = re.compile(r"/(?:page|p)[/-]?(\d+)(?:/|\.html?$|$)")
# Of a page these choose how it is shown or tell who sent the reader, never what is read.
_MANNERS_NAMES = """
    source src ref referrer referer via share shared lang hl locale theme output format print amp
    outputtype rss utm campaign medium cmp ito ns_campaign
"""
_MANNERS = frozenset(_MANNERS_NAMES.split())
_SAME_PAGE = re.compile(r"(?:amp|print|comments|index\.(?:html?|php)|default\.aspx?)")
_USER = re.compile(r"^/([~@][^/]+)")
# Where strangers keep pages of their own making side by side -> how many steps name whose they are.
_OWNER_STEPS = {
    "sites.google.com": 2,
    "storage.googleapis.com": 1,
    "storage.cloud.google.com": 1,
    "firebasestorage.googleapis.com": 3,
    "ipfs.io": 2,
    "dweb.link": 2,
    "gateway.pinata.cloud": 2,
    "raw.githack.com": 2,
    "rawcdn.githack.com": 2,
    "cdn.statically.io": 3,
    "cdn.jsdelivr.net": 3,
    "unpkg.com": 1,
    "esm.sh": 1,
    "geocities.ws": 1,
}
_BUCKETS = re.compile(r"s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com")


def find_identity(asked: str, page: PageText) -> str | None:
    """Return the canonical address to unify the link with that has `asked`; None if that is its.

    A redirect for good and what a short link leads to are believed wherever that is, a canonical
    tag within its site alone, and only of a page that stands where `asked` leads for good.
    """
    known = canonicalise(asked)
    place = _find_place(known, page)
    ended = _canonical(page.url) or place
    says = _canonical(page.identity)
    is_there = ended == place or _is_twin(ended, place)
    if is_there and says is not None and _may_say(place, says):
        place = says
    return None if place == known else place


def _find_place(known: str, page: PageText) -> str:
    """Return where an address leads for good, as far as that is a page of its own."""
    is_short = urlsplit(known).hostname in _SHORTENERS
    led_to = page.url if is_short else page.lasting_url
    target = _canonical(led_to)
    if target is None or not _is_thing(known, target):
        return known
    # An address that stands for one of another site, as one inside it, may have led elsewhere.
    if urlsplit(target).hostname != urlsplit(led_to).hostname and target != _canonical(page.url):
        return known
    if is_short or _is_twin(known, target):
        return target
    return known if _is_general(urlsplit(known), urlsplit(target)) else target


def _may_say(place: str, says: str) -> bool:
    """Whether a page at `place` may call itself `says`: on its site, as specific, no detour."""
    ours, theirs = urlsplit(place), urlsplit(says)
    return (
        _site(ours) == _site(theirs)
        and _is_thing(place, says)
        and _user(ours) == _user(theirs)
        and not _is_other_page(ours, theirs)
        and not _is_general(ours, theirs)
        and not (ours.fragment and ours.fragment != theirs.fragment)
    )


def _canonical(url: str) -> str | None:
    try:
        return canonicalise(url)
    except InvalidUrl:
        return None


def _is_twin(one: str, other: str) -> bool:
    """Whether both differ in the host's label for a device alone."""
    ours, theirs = urlsplit(one), urlsplit(other)
    return _site(ours) == _site(theirs) and ours[2:] == theirs[2:]


def _site(parts: SplitResult) -> str:
    """Return what is one site for sure: its host. Neighbours under one domain may be strangers."""
    site = _TWINS.sub("", parts.netloc)
    return parts.netloc if is_home_of_many(site) else site


def _user(parts: SplitResult) -> str:
    """Return whose part of a site it is, as far as the address says."""
    steps = 1 if _BUCKETS.fullmatch(parts.netloc) else _OWNER_STEPS.get(parts.netloc, 0)
    if steps:
        return "/".join(parts.path.split("/")[1 : steps + 1])
    found = _USER.match(parts.path)
    return found[1] if found else ""


def _is_thing(asked: str, target: str) -> bool:
    """Whether an address is no front page, log-in or error that was not asked for itself."""
    ours, theirs = urlsplit(asked), urlsplit(target)
    if _is_front(theirs) and not _is_front(ours):
        return False
    if _DETOUR_HOST.match(theirs.netloc) and _site(ours) != _site(theirs):
        return False
    return _DETOURS.isdisjoint(set(_words(theirs)) - set(_words(ours)))


def _is_front(parts: SplitResult) -> bool:
    segments = [each for each in parts.path.split("/") if each]
    is_language = len(segments) == 1 and re.fullmatch(r"[a-z]{2}(?:[-_][A-Za-z]{2})?", segments[0])
    is_index = len(segments) == 1 and re.fullmatch(
        r"(?:index|default|home|main)(?:\.\w+)?", segments[0].lower()
    )
    return not parts.query and not parts.fragment and bool(not segments or is_language or is_index)


def _words(parts: SplitResult) -> Iterable[str]:
    return (_EXTENSION.sub("", each) for each in parts.path.lower().split("/") if each)


def _is_other_page(ours: SplitResult, theirs: SplitResult) -> bool:
    """Whether both are pages of one list, but not the same."""
    return _page_of(ours) != _page_of(theirs)


def _page_of(parts: SplitResult) -> tuple[str, ...]:
    named = [value for name, value in parse_qsl(parts.query) if name.lower() in _PAGING]
    numbered = _PAGING_PATH.findall(parts.path.lower())
    return tuple(value for value in (*named, *numbered) if value not in ("0", "1", ""))


def _is_general(ours: SplitResult, theirs: SplitResult) -> bool:
    """Whether `theirs` leaves out what may tell one thing from another: a folder, a number."""
    path = theirs.path.rstrip("/")
    if ours.path.startswith(f"{path}/"):
        rest = ours.path[len(path) :].strip("/").lower()
        return not (rest and _SAME_PAGE.fullmatch(rest))
    is_word = re.fullmatch(r"/[a-z]{1,12}", path) is not None
    if is_word and ours.path.count("/") > 1:
        return True
    if ours.path.rstrip("/") != path and not is_word:
        return False
    told = parse_qsl(theirs.query, keep_blank_values=True)
    asked = parse_qsl(ours.query, keep_blank_values=True)
    return any(pair not in told and pair[0].lower() not in _MANNERS for pair in asked)
