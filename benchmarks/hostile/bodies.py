"""Answers that grow, never end, stall, lie about themselves, or are markup made to hurt."""

from __future__ import annotations

import gzip
import itertools
import random
import zlib
from collections.abc import Callable, Iterator, Sequence

from benchmarks.hostile.cases import Answer, Case, Maker

HANG = b"<hang>"


def said(body: bytes, content_type: str = "text/html; charset=utf-8", *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", f"Content-Type: {content_type}"]
    return "\r\n".join([*lines, *headers, "Connection: close", "", ""]).encode() + body


def body_case(
    form: str, answer: Callable[[random.Random], Answer], *, is_forbidden: bool = False
) -> Maker:
    """Return a maker of one form. What can be read of it may be read: the limits count."""

    def make(chance: random.Random, number: int) -> Case:
        return Case(
            "body", form, f"{{web}}/{number}", {f"/{number}": lambda: answer(chance)},
            is_forbidden=is_forbidden,
        )  # fmt: skip

    return make


def _bomb(chance: random.Random) -> Answer:
    plain = chance.choice([b"\0", b"<p>", b"a"]) * (chance.randrange(8, 40) << 20)
    if chance.random() < 0.5:
        return said(zlib.compress(plain, 9), "text/html", "Content-Encoding: deflate")
    return said(gzip.compress(plain, 9), "text/html", "Content-Encoding: gzip")


def _nested_bomb(chance: random.Random) -> Answer:
    packed = gzip.compress(gzip.compress(b"a" * (20 << 20)))
    encoding = chance.choice(["gzip", "gzip, gzip", "gzip, deflate", "br", "zstd", "x" * 5000])
    return said(packed, "text/html", f"Content-Encoding: {encoding}")


def _endless(chance: random.Random) -> Answer:
    content_type = chance.choice(["text/html", "application/pdf", "image/png", "video/mp4", ""])
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n".encode()
    return itertools.chain([head], itertools.repeat(b"<p>word \0"[: chance.choice([8, 9])] * 2000))


def _drip(chance: random.Random) -> Answer:
    def drip() -> Iterator[bytes]:
        yield chance.choice([b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n<p>", b"H", b""])
        yield HANG

    return drip()


def _wrong_length(chance: random.Random) -> Answer:
    length = chance.choice(["1000000", "3", "-5", "99999999999999999999", "abc", "5, 6", "0x10"])
    return f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n<p>hello</p>".encode()


def _bad_chunks(chance: random.Random) -> Answer:
    size = chance.choice(["FFFFFFFFFFFFFFFF", "-1", "5;" + "x" * 90_000, "zz", "5"])
    return f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n<p>hi".encode()


def _huge_headers(chance: random.Random) -> Answer:
    many = "".join(f"X-{n}: {'y' * 20}\r\n" for n in range(20_000))
    one = f"X: {'y' * 1_000_000}\r\n"
    cookie = f"Content-Disposition: attachment; filename={'../' * 30_000}x\r\n"
    return f"HTTP/1.1 200 OK\r\n{chance.choice([many, one, cookie])}\r\n<p>hello".encode()


def _no_http(chance: random.Random) -> Answer:
    return chance.choice(
        [b"hello", b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 99999 X\r\n\r\n", b"\0" * 500,
         b"HTTP/1.1 100 Continue\r\n\r\n" * 5000, b"SSH-2.0-x\r\n", b"HTTP/1.1 200\rX\r\r"]
    )  # fmt: skip


def _entities(chance: random.Random) -> Answer:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    outside = '<!ENTITY l11 SYSTEM "file:///etc/passwd">'
    kind = chance.choice(["text/xml", "application/rss+xml", "image/svg+xml", "text/html"])
    inside = chance.choice([laughs, outside])
    return said(f'<!DOCTYPE x [<!ENTITY l0 "ha">{inside}]><x>&l11;</x>'.encode(), kind)


def _markup(chance: random.Random) -> Answer:
    deep = chance.randrange(10_000, 100_000)
    return said(
        chance.choice(
            [
                "<div>" * deep,
                "<ul><li>" * (deep // 2) + "text",
                "<table><tr><td>" * (deep // 3) + "text",
                "<p " + " ".join(f"a{n}='b'" for n in range(100_000)) + ">text",
                "<p " + " ".join(f"a{n}" for n in range(100_000)) + ">text",
                "<p a='" + "x" * 3_000_000 + "'>text",
                "<" * 1_000_000,
                "<!--" * 200_000,
                "<p>" + "&" * 1_000_000,
                "<p>" + "&#x10FFFF;" * 300_000,
                "<p>" + "a" * 4_000_000,
                "<p>" + "a " * 2_000_000,
                "<p>" + "<br>" * 39_000,
                "<a href='" * 39_000,
                "<script>" + "<" * 1_000_000,
                "<title>" + "x" * 4_000_000,
                "<p>text" * 35_000,
                "<b><i>" * 15_000 + "x",
                "<svg><math>" * 15_000,
                "<meta name=author content='" + "a" * 1_000_000 + "'><p>text",
                "<time datetime='" + "1" * 1_000_000 + "'><p>text" + "2020-01-01 " * 100_000,
                "<![CDATA[" * 100_000,
                '<script type="application/ld+json">' + "[" * 500_000 + "</script><p>text",
                '<script type="application/ld+json">' + '{"a":' * 100_000 + "</script><p>text",
                "<select>" + "<option>x" * 39_000,
                "<frameset>" * 20_000,
                "<p>" + "\u202e\u0301" * 500_000,
                "<base href='http://127.0.0.1:{canary}/'><p>text <img src=/x>" * 1000,
            ]
        ).encode()
    )


def _encoding(chance: random.Random) -> Answer:
    charset = chance.choice(
        ["utf-7", "punycode", "unicode_escape", "idna", "zlib_codec", "rot13", "utf-16", "x" * 200,
         "iso-2022-kr", "hz", "'; drop", "utf-8\0", "utf-32"]
    )  # fmt: skip
    body = chance.choice(
        [b"\xff\xfe" + b"<p>text" * 999, b"\xed\xa0\x80" * 9999, bytes(range(256)) * 999,
         "<p>한글 본문입니다.".encode("cp949") * 500, b"+ADw-script+AD4-" * 999, b"\xc3" * 9999]
    )  # fmt: skip
    return said(body, f"text/html; charset={charset}")


def _mislabelled(chance: random.Random) -> Answer:
    content_type = chance.choice(
        ["", "text/html" * 2000, "application/x-\xff", "*/*", "text/", ";;;", "multipart/mixed"]
    )
    body = chance.choice([b"\x7fELF" + b"\0" * 5000, b"MZ" * 3000, b"%!PS\n" * 500, b"<p>text"])
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("latin-1") + body


def _json(chance: random.Random) -> Answer:
    text = chance.choice(["[" * 1_000_000, '{"a":' * 500_000, "1" * 1_000_000, "[1e999999]"])
    return said(text.encode(), chance.choice(["application/json", "application/feed+json"]))


MAKERS: Sequence[Maker] = (
    body_case("packed bomb", _bomb),
    body_case("nested or odd packing", _nested_bomb),
    body_case("endless", _endless),
    body_case("slow", _drip, is_forbidden=True),
    body_case("wrong length", _wrong_length),
    body_case("bad chunks", _bad_chunks, is_forbidden=True),
    body_case("huge headers", _huge_headers),
    body_case("no HTTP", _no_http, is_forbidden=True),
    body_case("entities", _entities),
    *(body_case("markup", _markup),) * 6,
    body_case("encoding", _encoding),
    body_case("mislabelled", _mislabelled),
    body_case("JSON", _json),
)
