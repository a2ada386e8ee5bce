"""Made web pages that look like real ones: Korean and English, each of its own, of any size.

What surrounds an article on the web surrounds these: styles, scripts, menus, lists of what else
there is, comments. Real pages of 100 kB, in three public sets for extraction, have at the median
some 1,500 tags and 2,500 to 4,500 characters of article; these have more of both. Yet bare
trafilatura takes half as long for them as for real ones, 10 ms instead of 20.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable

PAGE_BYTES = 100_000

_EN_NOUNS = """
    queue index passage reader model digest vector query cache worker lease retry commit
    schema token summary sentence cluster budget latency memory network archive channel
    session bulletin paper dataset benchmark gradient kernel scheduler parser compiler
    database replica snapshot
""".split()  # noqa: SIM905 - reads better than quoted
_EN_VERBS = """
    keeps drops reads writes measures explains replaces moves builds merges delays shows
    hides needs reaches loses repeats answers orders checks
""".split()  # noqa: SIM905 - reads better than quoted
_EN_OTHERS = """
    small large early late quiet honest plain recent shared single second usual hidden empty
    whenever because although before after while unless however therefore instead
""".split()  # noqa: SIM905 - reads better than quoted
_KO_NOUNS = """
    검색 색인 문단 모델 요약 질문 회의록 논문 작업 대기열 서버 메모리 지연 예산 캐시 문장
    토큰 학습 데이터 평가 배포 로그 알림 채널 주보 링크 저장소 임베딩 벡터 인공지능 서비스
    사용자 개발자 기술
""".split()  # noqa: SIM905 - reads better than quoted
_KO_PARTICLES = ("을", "를", "이", "가", "은", "는", "에서", "으로", "의", "와", "에는", "까지")
_KO_VERBS = """
    만들었다 줄였다 늘렸다 바꾸었다 살펴보았다 비교했다 확인했다 설명한다 필요하다 다르다
    빨라졌다 나누었다 합쳤다 기록한다 옮겼다 보여 준다
""".split()  # noqa: SIM905 - reads better than quoted
_KO_OTHERS = """
    매우 다시 먼저 그래서 그러나 작은 새로운 오래된 빠른 함께 매주 조금 실제로 여러 가장
""".split()  # noqa: SIM905 - reads better than quoted
_SYLLABLES = ("ka", "lo", "mi", "ren", "tos", "vi", "da", "sel", "nor", "pha", "gi", "tre", "zon")
_LAYOUTS = ("article", "main", "div")

Sentence = Callable[[random.Random], str]


def make_page(seed: int, *, size_bytes: int = PAGE_BYTES) -> bytes:
    """Return an HTML page; every second is Korean, and no two seeds give the same."""
    chance = random.Random(seed)
    is_korean = bool(seed % 2)
    sentence = _korean if is_korean else _english
    title = f"{sentence(chance).rstrip('.')} {seed}"
    wanted = int(size_bytes * chance.uniform(0.04, 0.16))
    body = _article(chance, sentence, title, size_bytes=wanted, seed=seed)
    around = [_header(chance, title, sentence, is_korean=is_korean), body]
    below = _below(chance, sentence)
    missing = size_bytes - sum(len(part.encode()) for part in (*around, below)) - 60
    around.insert(1, f"<script>{_script(chance, missing)}</script><nav>{_menu(chance)}</nav>")
    return "".join([*around, below, "</body></html>"]).encode()


def make_article(seed: int) -> tuple[str, str]:
    """Return what a page of that seed is called, and its article alone as HTML."""
    chance = random.Random(seed)
    sentence = _korean if seed % 2 else _english
    title = f"{sentence(chance).rstrip('.')} {seed}"
    wanted = int(PAGE_BYTES * chance.uniform(0.04, 0.16))
    return title, _article(chance, sentence, title, size_bytes=wanted, seed=seed)


def _header(chance: random.Random, title: str, sentence: Sentence, *, is_korean: bool) -> str:
    site = f"{chance.choice(_SYLLABLES)}{chance.choice(_SYLLABLES)} lab".title()
    day = f"20{chance.randrange(15, 26)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    described = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "BlogPosting",
            "headline": title,
            "datePublished": f"{day}T09:00:00+09:00",
            "author": {"@type": "Person", "name": _name(chance).title()},
        },
        ensure_ascii=False,
    )
    return (
        f'<!doctype html><html lang="{"ko" if is_korean else "en"}"><head><meta charset="utf-8">'
        f"<title>{title} | {site}</title>"
        f'<meta name="description" content="{sentence(chance)}">'
        f'<meta property="og:title" content="{title}"><meta property="og:site_name" '
        f'content="{site}"><meta property="og:type" content="article">'
        f'<script type="application/ld+json">{described}</script>'
        f"<style>{_style(chance)}</style></head><body class='post'>"
    )


def _article(
    chance: random.Random, sentence: Sentence, title: str, *, size_bytes: int, seed: int
) -> str:
    tag = _LAYOUTS[seed % len(_LAYOUTS)]
    parts = [f'<{tag} class="post-body"><h1>{title}</h1><p class="by">{_name(chance).title()}</p>']
    size = 0
    while size < size_bytes:
        part = _block(chance, sentence)
        parts.append(part)
        size += len(part.encode())
    return "".join([*parts, f"</{tag}>"])


def _block(chance: random.Random, sentence: Sentence) -> str:
    kind = chance.random()
    if kind < 0.12:
        return f"<h2>{sentence(chance).rstrip('.')}</h2>"
    if kind < 0.2:
        items = "".join(f"<li>{sentence(chance)}</li>" for _ in range(chance.randrange(3, 7)))
        return f"<ul>{items}</ul>"
    if kind < 0.25:
        lines = "\n".join(f"{_name(chance)} = {_name(chance)}({n})" for n in range(8))
        return f"<pre><code>{lines}</code></pre>"
    if kind < 0.3:
        caption = f"<figcaption>{sentence(chance)}</figcaption>"
        return f'<figure><img src="/{_name(chance)}.png">{caption}</figure>'
    said = [sentence(chance) for _ in range(chance.randrange(3, 8))]
    said[0] = f'<a href="/{_name(chance)}">{said[0]}</a>' if kind < 0.5 else said[0]
    said[-1] = f"<strong>{said[-1]}</strong>" if kind > 0.8 else said[-1]
    return f"<p>{' '.join(said)}</p>"


def _below(chance: random.Random, sentence: Sentence) -> str:
    cards = "".join(
        f'<div class="card"><a href="/{_name(chance)}"><img src="/t{n}.jpg" alt=""><h3>'
        f'{sentence(chance)}</h3></a><span class="when">{n} days ago</span></div>'
        for n in range(chance.randrange(12, 40))
    )
    comments = "".join(
        f'<li class="comment"><b>{_name(chance)}</b><p>{sentence(chance)}</p></li>'
        for _ in range(chance.randrange(0, 15))
    )
    return (
        f'<aside class="related">{cards}</aside><section id="comments"><ul>{comments}</ul>'
        f"</section><footer><ul>{_menu(chance)}</ul><p>© {_name(chance)}</p></footer>"
    )


def _menu(chance: random.Random) -> str:
    links = (f'<li class="menu-item"><a href="/{_name(chance)}">{_name(chance)}</a></li>'
             for _ in range(60))  # fmt: skip
    return "".join(links)


def _style(chance: random.Random) -> str:
    rules = (f".{_name(chance)}{{margin:{n}px;color:#{chance.randrange(4096):03x}}}"
             for n in range(250))  # fmt: skip
    return "".join(rules)


def _script(chance: random.Random, size_bytes: int) -> str:
    parts, size = [], 0
    while size < size_bytes:
        part = f"var {_name(chance)}=function(a){{if(a<{size}){{return '{_name(chance)}'}}}};"
        parts.append(part)
        size += len(part)
    return "".join(parts)


def _english(chance: random.Random) -> str:
    words = [chance.choice(_EN_OTHERS), "the", _name_or(chance, _EN_NOUNS)]
    for _ in range(chance.randrange(1, 5)):
        words += [chance.choice(_EN_VERBS), "the", chance.choice(_EN_OTHERS)]
        words += [_name_or(chance, _EN_NOUNS)]
    return " ".join(words).capitalize() + "."


def _korean(chance: random.Random) -> str:
    words = [chance.choice(_KO_OTHERS)]
    words += [
        _name_or(chance, _KO_NOUNS) + chance.choice(_KO_PARTICLES)
        for _ in range(chance.randrange(3, 9))
    ]
    return " ".join([*words, chance.choice(_KO_VERBS)]) + "."


def _name_or(chance: random.Random, common: list[str]) -> str:
    """Return a common word mostly: rare ones are most of any vocabulary."""
    return _name(chance) if chance.random() < 0.15 else chance.choice(common)


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randrange(2, 5)))
