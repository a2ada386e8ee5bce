from __future__ import annotations

import pytest

from bot.domain.guard import Fault, Guard, Source, Statement
from bot.text.languages import Language

SOURCE = Source(
    1,
    "Kestrel 4 is out. Its manual is at kestrel.example에서 and its sign is ✈\ufe0f. "
    "The report names bad[.]example as a host of the attack.",
    url="https://kestrel.example/news",
)


def has_foreign_link(text: str, language: Language = Language.EN) -> bool:
    guard = Guard([SOURCE], language=language)
    (verdict,) = guard.judge([Statement(text, (1,))]).verdicts
    return any(refusal.fault is Fault.LINK for refusal in verdict.refusals)


@pytest.mark.parametrize(
    "address",
    [
        "evil。com",
        "evil\uff0ecom",
        "evil\uff61com",
        "evil\u2024com",
        "evil\u200b.com",
        "evil.\u00adcom",
        "e\u2060vil.com",
        "evil[.]com",
        "evil(.)com",
        "evil [dot] com",
        "evil dot com",
        "hxxps://evil.com",
        "hxxp://evil[.]com/get",
        "\uff45\uff56\uff49\uff4c.com",
        "\u0435vil.com",
        "kestrel.example.evil.com",
        "evil.com.br",
        "https://kestrel.example@evil.com/get",
    ],
)
def test_an_address_in_disguise_is_one(address: str) -> None:
    assert has_foreign_link(f"Kestrel 4 is out, its manual is at {address} now.")


def test_an_address_before_a_korean_particle_is_one() -> None:
    assert has_foreign_link("Kestrel 4의 설명서는 evil.com에서 볼 수 있음", Language.KO)


@pytest.mark.parametrize(
    "text",
    [
        "Kestrel 4 is out, its manual is at kestrel.example.",
        "Kestrel 4 (kestrel.example) is out with its manual.",
        "The report names bad[.]example as a host.",
        "The manual of Kestrel 4 is out。",
        "The manual speaks of dot net and of the dot.",
        "Kestrel 4 has a sign ✈\ufe0f and a manual.",
    ],
)
def test_what_a_source_says_and_what_is_no_address_passes(text: str) -> None:
    assert not has_foreign_link(text)
