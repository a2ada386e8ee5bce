"""What is asked of servers and kept of their answers: headers, types, sizes, TLS, a proxy."""

from __future__ import annotations

import asyncio
import itertools
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.fetching.client import Limits, user_agent
from adapters.fetching.guard import Resolver
from adapters.fetching.wanted import Wanted
from adapters.fetching.web import Web
from adapters.parsing import Download
from bot.errors import FetchFailed
from bot.texts import LANGUAGES, Texts
from tests.servers.certificates import NEEDS_OPENSSL, make_certificate
from tests.servers.local_proxy import LocalProxy, open_proxy
from tests.servers.local_web import LocalWeb, answer, open_web, redirect

QUICK = Limits(connect_s=2.0, total_s=2.0)
HTML = "<html><body><p>Ducks sleep at night.</p></body></html>"


async def loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def nowhere(host: str, port: int) -> Sequence[str]:
    raise OSError("no such name")


@pytest.fixture
async def local() -> AsyncIterator[LocalWeb]:
    async with open_web() as local:
        yield local


@pytest.fixture
async def web(local: LocalWeb) -> AsyncIterator[Web]:
    hosts = {f"{host}:{local.port}" for host in ("127.0.0.1", "api.example", "other.example")}
    web = Web(hosts, limits=QUICK, resolve=loopback, contact="ops@lab.example")
    yield web
    await web.aclose()


async def reason(web: Web, url: str) -> str:
    with pytest.raises(FetchFailed) as caught:
        await web.download(url)
    for language in LANGUAGES:
        for table in ("unreadable", "feeds.trouble"):
            assert Texts.load().get(language, f"{table}.{caught.value.reason}")
    return caught.value.reason


# Headers


async def test_own_headers_stay_with_their_host(local: LocalWeb, web: Web) -> None:
    elsewhere = local.url("/there", host="other.example")
    local.add("/a", redirect("/b"))
    local.add("/b", redirect(elsewhere))
    local.add("/there", redirect(local.url("/back", host="api.example")))
    local.add("/back", answer(HTML))

    await web.download(
        local.url("/a", host="api.example"), headers={"Authorization": "Bearer token"}
    )

    assert ["Bearer token" in each for each in local.requests] == [True, True, False, False]


async def test_own_headers_stand_in_for_ours(local: LocalWeb, web: Web) -> None:
    await web.download(local.add("/", answer(HTML)), headers={"accept": "application/json"})

    assert local.requests[0].lower().count("accept:") == 1
    assert "accept: application/json" in local.requests[0].lower()


async def test_we_say_who_we_are_and_whom_to_write_to(local: LocalWeb, web: Web) -> None:
    await web.download(local.add("/", answer(HTML)))

    (said,) = [line for line in local.requests[0].splitlines() if line.startswith("User-Agent")]
    assert said == f"User-Agent: {user_agent('ops@lab.example')}"
    assert "Jubo/0." in said
    assert "ops@lab.example" in said
    assert ";" not in user_agent()


# Types and sizes


@pytest.mark.parametrize(
    ("said", "body", "expected"),
    [
        ("text/html", b"%PDF-1.7 x", "application/pdf"),
        ("application/octet-stream", b"\n%PDF-1.7 x", "application/pdf"),
        ("application/pdf", b"<!doctype html><p>log in", "text/html"),
        ("image/png", b"<html>no picture", "text/html"),
        ("image/png", b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
        ("text/plain", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("", b"RIFF\1\2\3\4WEBPVP8 ", "image/webp"),
        ("text/plain", b"<html> is how pages begin", "text/plain"),
        ("text/html", b"\x7fELF\0\0", "application/octet-stream"),
        ("text/html", "\ufeff<p>".encode("utf-16"), "text/html"),
        ("application/octet-stream", b"# Notes\n\nfine\n", "text/plain"),
        ("binary/octet-stream", b"\x1f\x8b\x08\x01\x02", "application/octet-stream"),
        ("", b"<p>hello", "text/html"),
        ("", b"{}", "text/plain"),
        ("application/zip", b"PK\x03\x04 [Content_Types].xml word/document.xml",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("", b"PK\x03\x04 [Content_Types].xml ppt/slides",
         "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("application/octet-stream",
         b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/epub+zipPK", "application/epub+zip"),
        ("text/plain", b"PK\x03\x04 a.txt", "application/zip"),
        ("audio/mpeg", b"ID3\0\0", "audio/mpeg"),
    ],
)  # fmt: skip
async def test_the_first_bytes_say_what_it_is_when_its_server_is_wrong(
    local: LocalWeb, web: Web, said: str, body: bytes, expected: str
) -> None:
    download = await web.download(local.add("/", answer(body, content_type=said)))

    assert (download.content_type, download.body, download.is_cut) == (expected, body, False)


@pytest.mark.parametrize(
    ("content_type", "first", "bound"),
    [
        ("text/html", b"<p>", 5_000_000),
        ("application/json", b"[", 5_000_000),
        ("application/pdf", b"%PDF-1.7", 30_000_000),
    ],
)
async def test_each_type_has_a_size_that_it_may_have(
    local: LocalWeb, web: Web, content_type: str, first: bytes, bound: int
) -> None:
    fits = answer(first + b" " * (bound - len(first)), content_type=content_type)
    more = answer(first + b" " * bound, content_type=content_type)

    download = await web.download(local.add("/fits", fits))

    assert len(download.body) == bound
    assert await reason(web, local.add("/more", more)) == "too_large"


async def test_of_what_nobody_reads_the_beginning_is_enough(local: LocalWeb, web: Web) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 9000000000\r\n"
    name = b'Content-Disposition: attachment; filename="../a b.mp4"\r\n'
    changed = b"Last-Modified: Tue, 04 Mar 2025 09:00:00 GMT\r\n\r\n"
    endless = itertools.chain([head + name + changed], itertools.repeat(b"\0" * 10_000))

    download = await web.download(local.add("/", endless))

    assert (download.content_type, download.is_cut) == ("video/mp4", True)
    assert len(download.body) == 64 * 1024
    assert (download.length, download.filename) == (9_000_000_000, "a b.mp4")
    assert download.last_modified == datetime(2025, 3, 4, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("attachment; filename=a.pdf", "a.pdf"),
        ("attachment; filename=\"x.pdf\"; filename*=UTF-8''%EB%85%B8%ED%8A%B8.pdf", "노트.pdf"),
        ("inline; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("attachment; filename=노트.pdf", "노트.pdf"),
        ("attachment; filename*=UTF-8''%E2%80%AEfdp.exe", "fdp.exe"),
        ("attachment", ""),
        ("attachment; filename=" + "x" * 5000, "x" * 200),
    ],
)
async def test_a_file_has_the_plain_name_that_it_is_given(
    local: LocalWeb, web: Web, header: str, expected: str
) -> None:
    said = answer(HTML, headers=[f"Content-Disposition: {header}"])

    assert (await web.download(local.add("/", said))).filename == expected


@pytest.mark.parametrize("header", ["Content-Length: 9", "Last-Modified: 99999999999999999"])
async def test_odd_facts_are_none(local: LocalWeb, web: Web, header: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{header}\r\n\r\n".encode()

    download = await web.download(local.add("/", head + b"<p>hello </p>"[:9]))

    assert download.last_modified is None
    assert download.length == (9 if "Length" in header else None)


async def test_another_type_than_was_asked_for_is_refused(local: LocalWeb, web: Web) -> None:
    wanted = Wanted("application/json", re.compile("application/json"))

    for content_type, body in (("image/png", b"\x89PNG"), ("application/json", b"%PDF-1.7")):
        with pytest.raises(FetchFailed) as caught:
            await web.download(
                local.add("/", answer(body, content_type=content_type)), wanted=wanted
            )
        assert caught.value.reason == "unsupported_type"


# TLS


@asynccontextmanager
async def secure_web(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, host: str, is_trusted: bool = True
) -> AsyncIterator[tuple[LocalWeb, Web]]:
    if shutil.which("openssl") is None:
        pytest.skip(NEEDS_OPENSSL)
    context, trusted = make_certificate(folder, host)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with open_web(context) as local:
        web = Web({"wiki.example"}, limits=QUICK, resolve=loopback)
        yield local, web
        await web.aclose()


async def read_securely(local: LocalWeb, web: Web) -> Download:
    url = local.add("/", answer(HTML)).replace("http://127.0.0.1", "https://wiki.example")
    return await web.download(url)


async def test_a_certificate_of_the_operators_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with secure_web(tmp_path, monkeypatch, host="wiki.example") as (local, web):
        assert (await read_securely(local, web)).body == HTML.encode()


@pytest.mark.parametrize(
    ("host", "is_trusted"), [("wiki.example", False), ("another.example", True)]
)
async def test_a_bad_certificate_is_said_and_nothing_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, is_trusted: bool
) -> None:
    async with secure_web(tmp_path, monkeypatch, host=host, is_trusted=is_trusted) as (local, web):
        with pytest.raises(FetchFailed) as caught:
            await read_securely(local, web)

        assert (caught.value.reason, local.requests) == ("insecure", [])


async def test_a_server_that_speaks_no_tls_is_said() -> None:
    async def speak_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("", status="400 Bad Request"))
        writer.close()

    server = await asyncio.start_server(speak_plainly, "127.0.0.1", 0)
    web = Web({"127.0.0.1"}, limits=QUICK)

    assert (
        await reason(web, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/") == "insecure"
    )
    await web.aclose()
    server.close()


# A proxy


@pytest.fixture
async def proxy(local: LocalWeb) -> AsyncIterator[LocalProxy]:
    async with open_proxy(local.port) as proxy:
        yield proxy


@asynccontextmanager
async def proxied(
    proxy: LocalProxy, *, account: str = "", resolve: Resolver = nowhere
) -> AsyncIterator[Web]:
    web = Web(
        {"wiki.inside"},
        limits=QUICK,
        resolve=resolve,
        proxy=f"http://{account}127.0.0.1:{proxy.port}",
    )
    yield web
    await web.aclose()


async def test_a_name_that_only_the_proxy_knows_is_left_to_it(
    local: LocalWeb, proxy: LocalProxy
) -> None:
    local.add("/a?b=1", answer(HTML))

    async with proxied(proxy, account="jubo:s%20ecret@") as web:
        download = await web.download("http://blog.example/a?b=1")

    assert download.body == HTML.encode()
    assert proxy.asked[0].startswith("GET http://blog.example/a?b=1 HTTP/1.1\r\n")
    assert "Host: blog.example" in proxy.asked[0]
    assert "Proxy-Authorization: Basic anVibzpzIGVjcmV0" in proxy.asked[0]


async def test_a_secure_page_is_read_through_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip(NEEDS_OPENSSL)
    context, trusted = make_certificate(tmp_path, "blog.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with open_web(context) as secure, open_proxy(secure.port) as proxy:
        secure.add("/", answer(HTML))
        async with proxied(proxy, account="jubo:secret@") as web:
            download = await web.download("https://blog.example/")

        assert download.body == HTML.encode()
        assert proxy.asked[0].startswith("CONNECT blog.example:443 HTTP/1.1\r\n")
        assert "proxy-authorization" not in secure.requests[0].lower()


async def test_a_bad_certificate_behind_the_proxy_is_the_site_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip(NEEDS_OPENSSL)
    context, trusted = make_certificate(tmp_path, "another.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with (
        open_web(context) as secure,
        open_proxy(secure.port) as proxy,
        proxied(proxy) as web,
    ):
        assert await reason(web, "https://blog.example/") == "insecure"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::ffff:10.0.0.1]/", "http://169.254.169.254/",
        "http://0x7f.1/", "http://intranet/", "http://db.internal/", "http://a.localhost./",
        "http://a:b@blog.example/", "ftp://blog.example/",
    ],
)  # fmt: skip
async def test_the_proxy_is_never_asked_for_what_is_inside(proxy: LocalProxy, url: str) -> None:
    async with proxied(proxy) as web:
        assert await reason(web, url) in {"private_address", "bad_address", "bad_scheme"}

    assert proxy.asked == []


async def test_a_name_that_leads_inside_from_here_is_not_left_to_the_proxy(
    proxy: LocalProxy,
) -> None:
    async with proxied(proxy, resolve=loopback) as web:
        assert await reason(web, "http://blog.example/") == "private_address"

    assert proxy.asked == []


async def test_a_redirect_inside_is_not_followed_through_the_proxy(
    local: LocalWeb, proxy: LocalProxy
) -> None:
    local.add("/", redirect("http://169.254.169.254/latest/"))

    async with proxied(proxy) as web:
        assert await reason(web, "http://blog.example/") == "private_address"

    assert len(proxy.asked) == 1


async def test_an_allowed_inside_host_is_asked_without_the_proxy(
    local: LocalWeb, proxy: LocalProxy
) -> None:
    local.add("/", answer(HTML))

    async with proxied(proxy, resolve=loopback) as web:
        await web.download(local.url("/", host="wiki.inside"))

    assert (len(local.requests), proxy.asked) == (1, [])


@pytest.mark.parametrize(
    ("url", "refusal", "expected"),
    [
        ("https://blog.example/", "407 Proxy Authentication Required", "proxy"),
        ("http://blog.example/", "407 Proxy Authentication Required", "proxy"),
        ("https://blog.example/", "403 Forbidden", "proxy"),
        ("https://blog.example/", "502 Bad Gateway", "unreachable"),
        ("http://blog.example/", "502 Bad Gateway", "server_error"),
    ],
)
async def test_what_a_proxy_refuses_has_a_reason(
    proxy: LocalProxy, url: str, refusal: str, expected: str
) -> None:
    proxy.refusal = refusal

    async with proxied(proxy) as web:
        assert await reason(web, url) == expected


async def test_a_proxy_that_is_not_there_is_said(local: LocalWeb) -> None:
    async with proxied(LocalProxy(local.port, port=1)) as web:
        assert await reason(web, "http://blog.example/") == "proxy"


async def test_no_proxy_is_taken_from_the_environment(
    local: LocalWeb, web: Web, proxy: LocalProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

    await web.download(local.add("/", answer(HTML)))

    assert proxy.asked == []
