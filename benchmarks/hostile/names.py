"""Name servers that answer with what is inside: at once, later, or among others."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from benchmarks.hostile.addresses import inside_v4, inside_v6
from benchmarks.hostile.cases import Answers, Case, Maker

# Addresses of the web, at a port where nobody listens: whoever is sent there gives up.
PUBLIC = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "1.2.3.4")


def _inside(chance: random.Random) -> str:
    return str(chance.choice([inside_v4, inside_v6])(chance))


def _named(form: str, answer: Callable[[random.Random], Answers], *, tries: int = 1) -> Maker:
    def make(chance: random.Random, number: int) -> Case:
        host = f"{form.replace(' ', '-')}{number}.example"
        names = {host: answer(chance)}
        return Case("name", form, f"http://{host}:{{canary}}/", names=names, tries=tries)

    return make


def _many(chance: random.Random) -> Answers:
    answers = [f"8.{n // 65536 % 256}.{n // 256 % 256}.{n % 256}" for n in range(1000)]
    answers.insert(chance.randrange(len(answers)), _inside(chance))
    return [answers]


def _odd(chance: random.Random) -> Answers:
    texts = ("", "not an address", "127.1", "0x7f000001", "fe80::1%eth0", "1.2.3.4\n", "2130706433")
    return [[chance.choice(texts)]]


def _failing(chance: random.Random) -> Answers:
    failures: Sequence[Sequence[str] | Exception] = (OSError("none"), UnicodeError("too long"), ())
    return [chance.choice(failures)]


MAKERS: Sequence[Maker] = (
    _named("inside", lambda chance: [[_inside(chance)]]),
    _named("mixed", lambda chance: [chance.sample([PUBLIC[0], _inside(chance), PUBLIC[2]], 3)]),
    _named("rebinding", lambda chance: [[PUBLIC[0]], [_inside(chance)]]),
    _named("rebinding later", lambda chance: [[PUBLIC[2]], [_inside(chance)]], tries=2),
    _named("many", _many),
    _named("odd", _odd),
    _named("failing", _failing),
)
