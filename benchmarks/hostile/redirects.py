"""Redirects that lead inside, to other schemes, or nowhere. All begin at a server that is open."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from benchmarks.hostile.addresses import spell_inside
from benchmarks.hostile.cases import Answer, Case, Maker

_STATUSES = ("301 Moved", "302 Found", "303 See Other", "307 For Now", "308 For Good")


def _redirect(location: str | bytes, chance: random.Random) -> Callable[[], Answer]:
    value = location if isinstance(location, bytes) else location.encode("utf-8")
    status = chance.choice(_STATUSES).encode()
    said = b"HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\nLocation: %s\r\n\r\n"
    return lambda: said % (status, value)


def _to(form: str, locate: Callable[[random.Random], str | bytes]) -> Maker:
    def make(chance: random.Random, number: int) -> Case:
        hops = chance.randrange(0, 5)
        pages = {
            f"/{number}/{hop}": _redirect(f"/{number}/{hop + 1}", chance) for hop in range(hops)
        }
        pages[f"/{number}/{hops}"] = _redirect(locate(chance), chance)
        return Case("redirect", form, f"{{web}}/{number}/0", pages)

    return make


def _inside(chance: random.Random) -> str:
    return f"http://{spell_inside(chance)[1]}:{{canary}}/"


def _relative(chance: random.Random) -> str:
    slashes = chance.choice(["//", "///", "\\\\", "/\\", "http:", "https://"])
    return f"{slashes}{spell_inside(chance)[1]}:{{canary}}/"


def _other_scheme(chance: random.Random) -> str:
    return chance.choice(
        ["file:///etc/passwd", "gopher://127.0.0.1:{canary}/_x", "ftp://127.0.0.1:{canary}/",
         "javascript:alert(1)", "data:text/html,<p>x", "ws://127.0.0.1:{canary}/", "about:blank"]
    )  # fmt: skip


def _nonsense(chance: random.Random) -> bytes:
    return chance.choice(
        [b"http://[::1", b"http://\xff\xfe/", b"\xed\xa0\x80", b"http://a:b:c/", b"//", b"http://%zz@/",
         b"http:////][javascript:", b"http://" + b"a." * 40_000, b"?" + b"x" * 70_000, b"http://x:99999/"]
    )  # fmt: skip


def _name(chance: random.Random, number: int) -> Case:
    host = f"inside{number}.example"
    pages = {f"/{number}/0": _redirect(f"http://{host}:{{canary}}/", chance)}
    names = {host: [[str(chance.choice(["127.0.0.1", "10.0.0.7", "::1", "169.254.169.254"]))]]}
    return Case("redirect", "to a name inside", f"{{web}}/{number}/0", pages, dict(names))


def _loop(chance: random.Random, number: int) -> Case:
    size = chance.randrange(1, 6)
    pages = {
        f"/{number}/{hop}": _redirect(f"/{number}/{(hop + 1) % size}", chance)
        for hop in range(size)
    }
    return Case("redirect", "loop", f"{{web}}/{number}/0", pages)


def _long_chain(chance: random.Random, number: int) -> Case:
    pages = {
        f"/{number}/{hop}": _redirect(f"{{web}}/{number}/{hop + 1}", chance) for hop in range(20)
    }
    return Case("redirect", "long chain", f"{{web}}/{number}/0", pages)


def _two_locations(_chance: random.Random, number: int) -> Case:
    head = b"HTTP/1.1 302 Found\r\nLocation: /%d\r\nLocation: http://127.0.0.1:{canary}/\r\n\r\n"
    return Case(
        "redirect", "two locations", f"{{web}}/{number}", {f"/{number}": lambda: head % number}
    )


MAKERS: Sequence[Maker] = (
    *(_to("inside", _inside),) * 3,
    _to("without a scheme", _relative),
    _to("to another scheme", _other_scheme),
    _to("to nonsense", _nonsense),
    *(_name, _loop, _long_chain, _two_locations),
)
