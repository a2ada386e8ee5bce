"""Pages made of the templates beside this: walls bare and inside a site, and articles."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_SITES = (("Harbour Post", "harbourpost.example"), ("물결신문", "mulgyeol.example"))
_NAMES = (
    "Home",
    "News",
    "AI",
    "뉴스",
    "기술",
    "경제",
    "문화",
    "칼럼",
    "Login",
    "로그인",
    "Sign up",
)
_MENU = (
    "<header><a href='/'>{site}</a></header><ul>"
    + "".join(f"<li><a href='/c/{each}'>{each}</a></li>" for each in _NAMES)
    + "</ul>"
)
_FOOT = """<div class="foot"><p>{site} | 서울특별시 중구 물결로 12 | 등록번호 서울 아00000</p>
<p>© 2025 {site}. All rights reserved. 무단 전재 및 재배포 금지</p>
<a href="/terms">Terms</a> <a href="/privacy">개인정보처리방침</a></div>"""
_LATEST = """<div class="latest"><h3>Latest</h3><ul>
<li><a href="/a/1">A port that unloads itself at night</a><p>Cranes without cabins have worked in
the east harbour since March, and the people who drove them now write their rules.</p></li>
<li><a href="/a/2">강을 따라 다시 놓인 철길</a><p>폐선된 지 열두 해 만에 다시 기차가 다닌다.
역마다 다른 사람들이 기다렸다.</p></li>
<li><a href="/a/3">What the tide gauge knew</a><p>One instrument has been read every six hours
since 1911; its notebooks now teach a model what a storm looks like before it comes.</p></li>
</ul></div>"""


@dataclass(frozen=True, slots=True)
class Page:
    """`reason`: what it is instead of an article, "" for an article, `gap:…` for half of one."""

    name: str
    reason: str
    html: str
    url: str
    asked: str


def walls(half: str) -> Iterator[Page]:
    """Yield one part, `tuned`, `held_out` or `unseen`, each template in two or three forms."""
    for number, wall in enumerate(_load(f"walls_{half}")["wall"]):
        forms = [("", ""), (_MENU, _FOOT), (_MENU, _LATEST + _FOOT)]
        for form, around in enumerate(forms if wall.get("in_site") else forms[:1] * len(_SITES)):
            site, host = _SITES[form % len(_SITES)]
            yield _make(
                wall, site=site, host=host, number=7_100_000 + 97 * number + form, around=around
            )


def articles() -> Iterator[Page]:
    for number, article in enumerate(_load("articles")["article"]):
        for form, around in enumerate([("", ""), (_MENU, _LATEST + _FOOT)]):
            site, host = _SITES[form]
            yield _make(article, site=site, host=host, number=number + 1, around=around)


def _make(
    template: dict[str, Any], *, site: str, host: str, number: int, around: tuple[str, str]
) -> Page:
    def fill(text: str) -> str:
        text = text.replace("<!--menu-->", around[0]).replace("<!--foot-->", around[1])
        for name, value in (("site", site), ("host", host), ("number", str(number))):
            text = text.replace(f"{{{name}}}", value)
        return text

    url = fill(template.get("url", f"https://{{host}}/articles/{number}"))
    return Page(
        name=template["name"],
        reason=template.get("reason", ""),
        html=fill(template["html"]),
        url=url,
        asked=fill(template.get("asked", url)),
    )


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / f"{name}.toml").read_text(encoding="utf-8"))
