"""Makes a study archive of any size, in words of our own; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

LEGEND = """- 📜 : 논문
- 🧑🏻‍💻 : 개발 블로그, GitHub
- 🗞️ : 뉴스
- 🤪 : 재미있는 것
"""
MONTHS = ("🌱", "🌿", "🌸", "🌷", "🌞", "🌊", "🏖️", "🍉", "🍂", "🎃", "🍁", "⛄")
NTH = ("1st", "2nd", "3rd", "4th")
KINDS = ("📜", "🧑🏻‍💻", "🗞️", "🤪")
WHO = ("새벽모임", "Harbor Lab", "Northfield", "연구실 셋", "Quarry", "데이터방")
SUBJECTS_KO = (
    "작은 모델, 긴 문맥, 색인, 평가 묶음, 음성 합성, "
    "배치 추론, 문서 검색, 그림 설명, 도구 호출, 양자화"
)
SUBJECTS_EN = (
    "small models, long contexts, indexes, test suites, speech synthesis, batched inference, "
    "document retrieval, image captions, tool calls, quantisation"
)
DEEDS_KO = (
    "다시 재 보니 빨라졌다",
    "왜 틀리는지 나누어 살핀다",
    "메모리를 절반만 쓴다",
    "새 기준을 제안한다",
)
DEEDS_EN = ("run twice as fast", "fail in four ways", "need half the memory", "get a new yardstick")
TERMS = (
    "빔 탐색(Beam search)",
    "지식 증류(Distillation)",
    "희소 주의(Sparse attention)",
    "순위 융합(Rank fusion)",
)


def make_archive(entries: int = 1600, *, seed: int = 1600) -> str:
    """Return the archive's text: two years of weeks with the entries spread evenly over them."""
    chance = random.Random(seed)
    weeks = [(y, m, w) for y in (2025, 2024) for m in range(12, 0, -1) for w in range(4, 0, -1)]
    lines = ["# 공부한 것 모음", LEGEND]
    for place, (year, month, week) in enumerate(weeks):
        if (month, week) == (12, 4):
            lines.append(f"# My study archive {year}\n")
        if week == len(NTH):
            lines.append(f"## {MONTHS[month - 1]} {month}월\n")
        lines.append(f"<details>\n<summary>{NTH[week - 1]} week</summary>\n")
        first, after = (entries * at // len(weeks) for at in (place, place + 1))
        for number in range(first, after):
            lines += _entry(number, chance)
        lines.append("\n</details>\n")
    return "\n".join(lines)


def _entry(number: int, chance: random.Random) -> Iterator[str]:
    kind = chance.choice(KINDS)
    title = f"{_sentence(chance)} {number}"
    yield f"- {kind} [{chance.choice(WHO)}] [{title}]({_address(kind, number)})"
    for _ in range(chance.randint(2, 5)):
        yield f"  - {_sentence(chance)}"
        if chance.random() < 0.5:
            yield f"    - → {_sentence(chance)}"
    if kind == "📜" and chance.random() < 0.5:
        yield f"  - [Github](https://github.com/example/made-{number})"
    if chance.random() < 0.2:
        yield "  - <details><summary>중요 개념</summary>\n"
        yield f"    - **{chance.choice(TERMS)}**: {_sentence(chance)}"
        yield "    </details>"


def _address(kind: str, number: int) -> str:
    if kind == "📜":
        return f"https://arxiv.org/abs/{2401 + number // 1000}.{number % 1000:05}"
    host = {"🧑🏻‍💻": "blog.example.org", "🗞️": "news.example.com"}.get(kind, "fun.example.net")
    return f"https://{host}/posts/{number}?utm_source=made"


def _sentence(chance: random.Random) -> str:
    if chance.random() < 0.5:
        subject, other = chance.sample(SUBJECTS_KO.split(", "), 2)
        return f"{subject} · {other}: {chance.choice(DEEDS_KO)} ({chance.randint(2, 99)}%)"
    subject, other = chance.sample(SUBJECTS_EN.split(", "), 2)
    return (
        f"{subject.capitalize()} and {other} {chance.choice(DEEDS_EN)} at {chance.randint(2, 99)}%"
    )
