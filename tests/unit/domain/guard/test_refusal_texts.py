import pytest

from bot.domain.guard import Fault, Refusal
from bot.texts import LANGUAGES, Texts


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_has_a_sentence(fault: Fault, language: str) -> None:
    refusal = Refusal(fault, "42")

    said = Texts.load().get(language, refusal.key, **refusal.values)

    assert "{" not in said
