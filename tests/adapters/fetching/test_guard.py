"""Which addresses may be opened, without a network: names are looked up in a table."""

import ipaddress
import socket
from collections.abc import Collection, Mapping, Sequence

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fetching.guard import AddressGuard, is_public
from bot.errors import FetchFailed
from bot.texts import LANGUAGES, Texts

PUBLIC = "93.184.216.34"
PUBLIC_V6 = "2606:2800:220:1:248:1893:25c8:1946"

INSIDE_NETWORKS = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4"),
    *("240.0.0.0/4", "192.88.99.0/24", "168.63.129.16/32"),
    *("::/128", "::1/128", "::ffff:0:0/96", "64:ff9b:1::/48", "2001:db8::/32", "fc00::/7"),
    *("fe80::/10", "fec0::/10", "ff00::/8", "2002::/16", "2001::/32"),
]


class NameTable:
    """A resolver whose answers for a name are given one after the other, the last one for ever."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self._answers.get(host)
        if host == "muddled.example.org":
            raise socket.gaierror(socket.EAI_AGAIN, "no name server answers")
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return answers[min(self.asked.count(host), len(answers)) - 1]


NAMES = NameTable(
    {
        "example.org": [[PUBLIC, PUBLIC_V6]],
        "mixed.example.org": [[PUBLIC, "10.0.0.7"]],
        "wiki.inside": [["10.0.0.8"]],
        "nowhere.example.org": [[]],
        "127.1": [["127.0.0.1"]],
    }
)


async def check(url: str, *, allow_hosts: Collection[str] = ()) -> Sequence[str]:
    return await AddressGuard(allow_hosts, resolve=NAMES).check(httpx.URL(url))


async def refusal(url: str, *, allow_hosts: Collection[str] = ()) -> str:
    with pytest.raises(FetchFailed) as caught:
        await check(url, allow_hosts=allow_hosts)
    return caught.value.reason


@pytest.mark.parametrize(
    "url", ["https://example.org/a", "http://example.org:8080/", "https://example.org:443/"]
)
async def test_public_web_is_open(url: str) -> None:
    assert await check(url) == [PUBLIC, PUBLIC_V6]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/", "gopher://x", "data:,a"]
)
async def test_other_schemes_are_refused(url: str) -> None:
    assert await refusal(url) == "bad_scheme"


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@example.org/",
        "https://example.org@127.0.0.1/",
        "https:///path-only",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://127.1/",
        "http://0x7f.0.0.1./",
        "http://example.org:25/",
        "http://example.org:22/",
    ],
)
async def test_malformed_and_disguised_addresses_are_refused(url: str) -> None:
    assert await refusal(url) == "bad_address"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://192.0.0.192/latest/",
        "http://[::1]:8000/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://wiki.inside/",
        "http://WIKI.inside./",
        "http://mixed.example.org/",
    ],
)
async def test_inside_addresses_are_refused(url: str) -> None:
    expected = {"private_address"} if "inside." not in url else {"private_address", "unknown_host"}
    assert await refusal(url) in expected


async def test_one_inside_answer_among_public_ones_is_enough_to_refuse() -> None:
    assert await refusal("https://mixed.example.org/") == "private_address"


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("nowhere.example.org", "unknown_host"),
        ("unknown.example.org", "unknown_host"),
        ("muddled.example.org", "unreachable"),
    ],
)
async def test_a_name_without_address_may_have_one_later(host: str, reason: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        await check(f"https://{host}/")

    assert (caught.value.reason, caught.value.may_pass) == (reason, True)
    for language in LANGUAGES:
        for table in ("unreadable", "feeds.trouble"):
            assert Texts.load().get(language, f"{table}.{reason}")


@pytest.mark.parametrize("allowed", ["wiki.inside", "wiki.inside:8080", " Wiki.Inside "])
async def test_an_allowed_host_may_lie_inside(allowed: str) -> None:
    assert await check("http://wiki.inside:8080/", allow_hosts={allowed}) == ["10.0.0.8"]


@pytest.mark.parametrize("allowed", ["wiki.inside:9090", "inside", "xwiki.inside", "10.0.0.8"])
async def test_allowing_a_host_allows_no_other(allowed: str) -> None:
    assert await refusal("http://wiki.inside:8080/", allow_hosts={allowed}) == "private_address"


async def test_an_allowed_port_counts_when_the_address_leaves_it_out() -> None:
    assert await check("http://wiki.inside/", allow_hosts={"wiki.inside:80"}) == ["10.0.0.8"]


@pytest.mark.parametrize("allowed", ["::1", "[::1]", "[::1]:8080"])
async def test_an_ipv6_address_can_be_allowed(allowed: str) -> None:
    assert list(await check("http://[::1]:8080/", allow_hosts={allowed})) == ["::1"]


@given(st.data())
def test_no_address_of_an_inside_network_is_public(data: st.DataObject) -> None:
    network = ipaddress.ip_network(data.draw(st.sampled_from(INSIDE_NETWORKS)))
    offset = data.draw(st.integers(0, network.num_addresses - 1))

    assert not is_public(str(network[offset]))


@given(st.ip_addresses(v=4))
def test_an_address_behind_nat64_counts_like_itself(inner: ipaddress.IPv4Address) -> None:
    outer = ipaddress.IPv6Address((0x64FF9B << 96) | int(inner))

    assert is_public(str(outer)) == is_public(str(inner))


@given(st.ip_addresses(v=4))
def test_an_address_mapped_into_ipv6_is_never_opened(inner: ipaddress.IPv4Address) -> None:
    assert not is_public(f"::ffff:{inner}")
    assert not is_public(f"::{inner}")


@given(st.ip_addresses())
def test_what_is_public_is_global_in_the_standard_library_too(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(str(ip)):
        assert ip.is_global
        assert not ip.is_multicast


@pytest.mark.parametrize("address", [PUBLIC, PUBLIC_V6, "8.8.8.8", "64:ff9b::808:808"])
def test_known_public_addresses_are_public(address: str) -> None:
    assert is_public(address)
