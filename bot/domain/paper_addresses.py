"""One address for each paper, wherever it is shown: arXiv, DOI, OpenReview, the ACL Anthology."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs

_ARXIV_ID = re.compile(
    r"/(?:abs|pdf|html|format|e-print|src|ps|overview|forum)/(?:arxiv:)?"
    r"(?:(?P<new>\d{4}\.\d{4,5})|(?P<archive>[a-z-]+)(?:\.[a-z]{2})?/(?P<old>\d{7}))"
    r"(?:v\d+)?(?:\.pdf|\.md)?",
    re.IGNORECASE,
)


def find_arxiv(path: str, _query: str) -> str | None:
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
    paper = find_arxiv(lower.replace("/10.48550/arxiv.", "/abs/", 1), "")
    return paper or f"https://doi.org{lower.rstrip('/')}"


# Publishers whose addresses name the DOI of what they show. Of others it may be a claim.
_PUBLISHER_NAMES = """
    dl.acm.org onlinelibrary.wiley.com tandfonline.com journals.sagepub.com pubs.acs.org science.org
    pnas.org annualreviews.org royalsocietypublishing.org pubsonline.informs.org ascelibrary.org
    journals.asm.org journals.physiology.org thelancet.com direct.mit.edu worldscientific.com
    link.springer.com biorxiv.org medrxiv.org iopscience.iop.org journals.aps.org frontiersin.org
    emerald.com journals.plos.org
"""
PUBLISHERS = frozenset(_PUBLISHER_NAMES.split())
_FORMS = (
    "abs|full|fullHtml|html|pdf|epdf|pdfdirect|pdfplus|epub|reader|book|figure|references|citedby"
)
_PUBLISHED = re.compile(
    rf"/(?:doi(?:/(?:{_FORMS}))?|article|chapter|book|content(?:/pdf)?|(?:journals/[\w-]+/)?articles"
    r"|insight/content/doi|[a-z]+/(?:abstract|pdf))/(?P<doi>10\.\d{4,9}/.+)",
    re.ASCII,
)
_SHOWN_AS = re.compile(
    r"(?:/(?:full|abstract|meta|pdf|html|epub|full/html|full/pdf)|\.pdf)\Z"
    r"|(?<=\d)v\d+(?:\.(?:full|abstract)(?:-text)?)?(?:\.pdf)?\Z"
)


def find_doi(path: str, query: str) -> str | None:
    """Return the DOI that a publisher's address names."""
    if path.endswith("/article") and (named := parse_qs(query).get("id")):
        return _doi(f"/{named[0]}", "")
    found = _PUBLISHED.fullmatch(path.replace("%2F", "/"))
    return _doi(f"/{_SHOWN_AS.sub('', found['doi'], count=1)}", "") if found else None


def _open_review(path: str, query: str) -> str | None:
    paper = parse_qs(query).get("id", [""])[0]
    if path not in ("/forum", "/pdf") or not re.fullmatch(r"[\w-]{5,40}", paper, re.ASCII):
        return None
    return f"https://openreview.net/forum?id={paper}"


_ACL = re.compile(
    r"/(?:anthology/)?(?:papers/[A-Z]/[A-Z]\d\d/)?"
    r"([A-Z]\d{2}-\d{4}|\d{4}\.[a-z0-9_-]+\.\d+)(?:v\d+)?(?:\.pdf|\.bib)?",
    re.ASCII,
)


def _anthology(path: str, _query: str) -> str | None:
    paper = _ACL.fullmatch(path)
    return f"https://aclanthology.org/{paper[1]}" if paper else None


PAPER_RULES: dict[str, Callable[[str, str], str | None]] = {
    "arxiv.org": find_arxiv,
    "export.arxiv.org": find_arxiv,
    "browse.arxiv.org": find_arxiv,
    "alphaxiv.org": find_arxiv,  # the same paper with a discussion at its side
    "ar5iv.org": find_arxiv,
    "ar5iv.labs.arxiv.org": find_arxiv,
    "doi.org": _doi,
    "dx.doi.org": _doi,
    "openreview.net": _open_review,
    "aclanthology.org": _anthology,
    "aclweb.org": _anthology,
}
