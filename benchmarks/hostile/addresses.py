"""Forms of addresses that lead inside, or nowhere."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Callable, Sequence

from benchmarks.hostile.cases import Case, Maker

_INSIDE_V4 = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
    *("100.64.0.0/10", "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32"),
    *("198.18.0.0/15", "192.0.0.0/24", "192.0.2.0/24", "168.63.129.16/32", "169.254.169.254/32"),
)
_INSIDE_V6 = (
    *("::1/128", "::/128", "fc00::/7", "fe80::/10", "ff00::/8", "fec0::/10", "2001:db8::/32"),
    *("64:ff9b:1::/48", "100::/64", "fd00:ec2::254/128"),
)


def inside_v4(chance: random.Random) -> ipaddress.IPv4Address:
    """Return an address that nobody may open; half of them are where the canary sits."""
    if chance.random() < 0.5:
        return ipaddress.IPv4Address("127.0.0.1")
    network = ipaddress.IPv4Network(chance.choice(_INSIDE_V4))
    return network[chance.randrange(network.num_addresses)]


def inside_v6(chance: random.Random) -> ipaddress.IPv6Address:
    v4 = int(inside_v4(chance))
    network = ipaddress.IPv6Network(chance.choice(_INSIDE_V6))
    carried = (
        (0xFFFF << 32) | v4,  # mapped
        v4,  # compatible
        (0x64_FF9B << 96) | v4,  # NAT64
        (0x2002 << 112) | (v4 << 80) | 1,  # 6to4
        (0x2001_0000 << 96) | (v4 ^ 0xFFFF_FFFF),  # Teredo
        int(network[chance.randrange(network.num_addresses)]),
    )
    return ipaddress.IPv6Address(chance.choice(carried))


def _parts(ip: ipaddress.IPv4Address) -> list[int]:
    return list(ip.packed)


def _mixed(ip: ipaddress.IPv4Address, chance: random.Random) -> str:
    forms: Sequence[Callable[[int], str]] = (
        str,
        hex,
        lambda part: f"0{part:o}",
        lambda part: f"0x0{part:X}",
    )
    return ".".join(chance.choice(forms)(part) for part in _parts(ip))


def _short(ip: ipaddress.IPv4Address, chance: random.Random) -> str:
    a, b, c, d = _parts(ip)
    return chance.choice(
        [
            f"{a}.{(b << 16) | (c << 8) | d}",
            f"{a}.{b}.{(c << 8) | d}",
            f"{a:#x}.{(b << 16) | (c << 8) | d}",
        ]
    )


def _other_digits(ip: ipaddress.IPv4Address, chance: random.Random) -> str:
    zero = chance.choice("０٠०𝟎𝟘")
    dot = chance.choice(".。．｡")
    return dot.join(
        "".join(chr(ord(zero) + int(digit)) for digit in str(part)) for part in _parts(ip)
    )


def _circled(ip: ipaddress.IPv4Address, _chance: random.Random) -> str:
    return str(ip).translate({ord(d): c for d, c in zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True)})


def _escaped(ip: ipaddress.IPv4Address, chance: random.Random) -> str:
    return "".join(f"%{ord(each):02x}" if chance.random() < 0.5 else each for each in str(ip))


_V4_FORMS: Sequence[tuple[str, Callable[[ipaddress.IPv4Address, random.Random], str]]] = (
    ("dotted", lambda ip, _: str(ip)),
    ("trailing dot", lambda ip, _: f"{ip}."),
    ("number", lambda ip, _: str(int(ip))),
    ("number beyond 32 bits", lambda ip, _: str(int(ip) + (1 << 32))),
    ("hexadecimal", lambda ip, _: f"{int(ip):#x}"),
    ("octal", lambda ip, _: f"0{int(ip):o}"),
    ("octal parts", lambda ip, _: ".".join(f"{part:04o}" for part in _parts(ip))),
    ("mixed parts", _mixed),
    ("few parts", _short),
    ("other digits", _other_digits),
    ("circled digits", _circled),
    ("escaped", _escaped),
    ("leading zeros", lambda ip, _: ".".join(f"{part:03d}" for part in _parts(ip))),
)


def spell_inside(chance: random.Random) -> tuple[str, str]:
    """Return the name of a form, and a host in it that leads inside."""
    if chance.random() < 0.3:
        return "IPv6", f"[{_spell_v6(inside_v6(chance), chance)}]"
    form, spell = chance.choice(_V4_FORMS)
    return form, spell(inside_v4(chance), chance)


def _spell_v6(ip: ipaddress.IPv6Address, chance: random.Random) -> str:
    v4 = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    dotted = f"{ipaddress.IPv6Address(int(ip) >> 32 << 32).exploded.rsplit(':', 2)[0]}:{v4}"
    spelt = chance.choice([str(ip), ip.exploded, dotted, str(ip).upper()])
    return spelt + chance.choice(["", "", "", "%25lo", "%25eth0"])


def _plain(form: str, spell: Callable[[ipaddress.IPv4Address, random.Random], str]) -> Maker:
    def make(chance: random.Random, number: int) -> Case:
        host = spell(inside_v4(chance), chance)
        return Case("address", form, f"http://{host}:{{canary}}/{number}")

    return make


def _v6(chance: random.Random, number: int) -> Case:
    host = _spell_v6(inside_v6(chance), chance)
    return Case("address", "IPv6", f"http://[{host}]:{{canary}}/{number}")


def _userinfo(chance: random.Random, number: int) -> Case:
    _, host = spell_inside(chance)
    before = chance.choice(
        [
            "blog.example",
            "a:b",
            "blog.example:80",
            "%40",
            "blog.example%2F",
            "blog.example\\",
            "@",
            ":",
        ]
    )
    return Case("address", "user name", f"http://{before}@{host}:{{canary}}/{number}")


def _confusing(chance: random.Random, number: int) -> Case:
    host, inside = "blog.example", "127.0.0.1:{canary}"
    url = chance.choice([
        f"http://{inside}#@{host}/", f"http://{inside}?@{host}/", f"http://{inside}\\@{host}/",
        f"http://{host}\\.{inside}/", f"http:\\\\{inside}\\", f"http:{inside}/", f"http:///{inside}/",
        f"http://\t{inside}/", "http://127.0.0.1%09:{canary}/", "http://127.0.\n0.1:{canary}/",
        f"http://[{inside}]/", "http://[::1/", f"http://{host}:80@{inside}/",
        f"http://{inside} .{host}/",
        f"http://127.0.0.1%00.{host}:{{canary}}/", f"http://127.0.0.1%2f.{host}:{{canary}}/",
        "http://", "http:", "//127.0.0.1:{canary}/", "http://.:{canary}/", "http://..", "http://%",
    ])  # fmt: skip
    return Case("address", "confusing", url + str(number))


def _port(chance: random.Random, number: int) -> Case:
    port = chance.choice(
        [
            "0",
            "22",
            "25",
            "6667",
            "65536",
            "99999999999",
            "-1",
            "+80",
            "８０",
            "0x50",
            "80a",
            "{canary}",
        ]
    )
    return Case("address", "port", f"http://{inside_v4(chance)}:{port}/{number}")


def _scheme(chance: random.Random, number: int) -> Case:
    scheme = chance.choice(
        ["file", "ftp", "gopher", "dict", "data", "javascript", "jar", "ws", "ldap", "unix",
         "httpx",
         "http+unix", "view-source:http", "ｈttp", " file", "FiLe"]
    )  # fmt: skip
    host = chance.choice(["127.0.0.1:{canary}", "/etc/passwd", "localhost:{canary}", ",alert(1)"])
    return Case("address", "scheme", f"{scheme}://{host}/{number}")


def _local_name(chance: random.Random, number: int) -> Case:
    host = chance.choice(
        ["localhost", "LOCALHOST", "localhost.", "a.localhost", "localhost.localdomain",
         "ｌocalhost",
         "127.0.0.1.nip.example", "ip6-localhost", "metadata.google.internal", "intranet"]
    )  # fmt: skip
    names = {name: [["127.0.0.1"]] for name in (host.lower(), "localhost")}
    return Case("address", "local name", f"http://{host}:{{canary}}/{number}", names=dict(names))


MAKERS: Sequence[Maker] = (
    *(_plain(form, spell) for form, spell in _V4_FORMS),
    *(_v6, _v6, _v6, _userinfo, _confusing, _confusing, _port, _scheme, _local_name),
)
