"""Clean outputs with one fault each."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from benchmarks.guard import inventions
from benchmarks.guard.clean import Output
from benchmarks.guard.disguises import disguise, host_of
from benchmarks.guard.pages import HALVES, Page
from bot.domain.guard import Source, Statement
from bot.text.languages import Language
from bot.text.sentences import split_sentences

_DIGITS = re.compile(r"(?<![A-Za-z\d.,-])\d+(?:[.,]\d+)*(?![A-Za-z\d]|-[A-Za-z\d])")
_NAME = re.compile(r"(?<=[a-z,;가-힣] )[A-Z][A-Za-z]{2,}(?: [A-Z][A-Za-z]+)*")
_TRIES = 40


@dataclass(frozen=True, slots=True)
class Setting:
    """What a fault is made with: the half says which inventions may be used."""

    chance: random.Random
    half: str
    pages: Sequence[Page]

    def one_of(self, inventions_of_both: Sequence[str]) -> str:
        own = inventions_of_both[HALVES.index(self.half) :: 2]
        return self.chance.choice(own)


Make = Callable[[Output, Setting], Output | None]


def invent_number(output: Output, setting: Setting) -> Output | None:
    def change(text: str) -> str | None:
        places = list(_DIGITS.finditer(text))
        number = _unsaid_number(output, setting)
        if places and setting.chance.random() < 0.6:
            place = setting.chance.choice(places)
            written = place[0]
            changed = _change_digits(written, setting.chance)
            if changed in output.page.text or changed.replace(",", "") in output.page.text:
                return None
            return text[: place.start()] + changed + text[place.end() :]
        form = setting.one_of(_of(output, "WITH_NUMBER"))
        year = next(
            year
            for year in setting.chance.sample(range(1950, 2030), 80)
            if str(year) not in output.page.text
        )
        return _fill(str(form), text, n=number, year=str(year))

    return _change_one(output, setting, change)


def _change_digits(written: str, chance: random.Random) -> str:
    places = [at for at, each in enumerate(written) if each.isdigit()]
    at = chance.choice(places)
    digit = chance.choice([each for each in "123456789" if each != written[at]])
    return written[:at] + digit + written[at + 1 :]


def _unsaid_number(output: Output, setting: Setting) -> str:
    numbers = (str(setting.chance.randint(3, 989)) for _ in range(1000))
    return next(number for number in numbers if number not in output.page.text)


def invent_name(output: Output, setting: Setting) -> Output | None:
    kinds = ("PEOPLE", "MAKERS")
    names = _of(output, setting.chance.choice(kinds))
    name = setting.one_of(names)
    if any(
        part.casefold() in output.page.text.casefold()
        for part in (name, name.split()[0])
        if part != "the"
    ):
        return None

    def change(text: str) -> str | None:
        places = list(_NAME.finditer(text))
        if places and setting.chance.random() < 0.4:
            place = setting.chance.choice(places)
            return text[: place.start()] + name + text[place.end() :]
        return _fill(setting.one_of(_of(output, "WITH_NAME")), text, name=name)

    return _change_one(output, setting, change)


def invent_link(output: Output, setting: Setting) -> Output | None:
    link = setting.one_of(inventions.LINKS)
    return _change_one(
        output,
        setting,
        lambda text: _fill(setting.one_of(_of(output, "WITH_LINK")), text, link=link),
    )


def disguise_link(output: Output, setting: Setting) -> Output | None:
    half = HALVES.index(setting.half)
    plain = setting.one_of(inventions.LINKS)
    if host_of(plain) in f"{output.page.url} {output.page.text}":
        return None  # the page's own site may be named
    link = disguise(plain, half, setting.chance)
    return _change_one(
        output,
        setting,
        lambda text: _fill(setting.one_of(_of(output, "WITH_LINK")), text, link=link),
    )


def invent_quotation(output: Output, setting: Setting) -> Output | None:
    def change(text: str) -> str | None:
        quote = setting.one_of(_of(output, "QUOTES"))
        if setting.chance.random() < 0.4:
            quote = _change_words(text, setting.chance) or quote
        return _fill(setting.one_of(_of(output, "WITH_QUOTE")), text, quote=quote)

    return _change_one(output, setting, change)


def _change_words(text: str, chance: random.Random) -> str | None:
    """Return words of the page that it does not say in this order."""
    words = re.sub(r"[\"“”‘’'「」.]", "", text).split()
    if len(words) < 7:
        return None
    start = chance.randrange(len(words) - 6)
    run = words[start : start + 6]
    run[1], run[4] = run[4], run[1]
    return " ".join(run) if run[1] != run[4] else None


def obey_page(output: Output, setting: Setting) -> Output | None:
    orders = inventions.ORDERS[HALVES.index(setting.half) :: 2]
    order, answer = setting.chance.choice(orders)
    lines = output.page.text.split("\n")
    lines.insert(setting.chance.randrange(len(lines) + 1), order)
    page = replace(output.page, text="\n".join(lines))
    statements = list(output.statements)
    at = setting.chance.randrange(len(statements) + 1)
    if setting.chance.random() < 0.3:
        statements = [Statement(answer, (1,))]
    elif setting.chance.random() < 0.5 or at == len(statements):
        statements.insert(at, Statement(answer, (1,)))
    else:
        statements[at] = Statement(f"{statements[at].text.rstrip('. ')}. {answer}", (1,))
    return replace(output, sources=(page,), statements=tuple(statements))


def use_other_language(output: Output, setting: Setting) -> Output | None:
    other = Language.EN if output.language is Language.KO else Language.KO
    if setting.chance.random() < 0.5:
        return replace(output, language=other)
    foreign: list[Sequence[str]]
    foreign = [page.sentences for page in setting.pages if page.language is other]
    foreign = foreign or [split_sentences(text) for page in setting.pages for text in page.written]
    sentences = setting.chance.choice(foreign)
    return _change_one(output, setting, lambda _: setting.chance.choice(sentences))


def think_aloud(output: Output, setting: Setting) -> Output | None:
    form = setting.one_of(_of(output, "REASONING"))
    return _change_one(output, setting, lambda text: _fill(form, text))


def cut_off(output: Output, setting: Setting) -> Output | None:
    *before, last = output.statements
    words = last.text.split()
    if len(words) < 6:
        return None
    kept = " ".join(words[: setting.chance.randrange(3, len(words) - 1)])
    if setting.chance.random() < 0.3:
        kept = kept[:-1]
    if kept.endswith((".", "!", "?")):
        return None
    return replace(output, statements=(*before, Statement(kept, (1,))))


def leak_prompt(output: Output, setting: Setting) -> Output | None:
    leaked = str(setting.one_of(split_sentences(inventions.PROMPT.replace("\n", " "))))
    return _change_one(output, setting, lambda _: leaked)


def cite_wrongly(output: Output, setting: Setting) -> Output | None:
    """Cite a page that says nothing of it; or none, or one that does not exist."""
    if setting.chance.random() < 0.3:
        cited: tuple[int, ...] = setting.chance.choice([(), (7,), (1, 9)])
        return replace(
            output, statements=tuple(replace(each, sources=cited) for each in output.statements)
        )
    others = [
        page
        for page in setting.pages
        if page.language is output.language and page.text != output.page.text
    ]
    if not others:
        return None
    other = setting.chance.choice(others)
    wrong = Source(2, other.text, title=other.title, url="https://other.example/")
    return replace(
        output,
        sources=(output.page, wrong),
        statements=tuple(replace(each, sources=(2,)) for each in output.statements),
    )


def invent_claim(output: Output, setting: Setting) -> Output | None:
    claim = setting.one_of(_of(output, "CLAIMS"))
    form = setting.chance.choice(("{said_full} {claim}", "{claim}"))
    return _change_one(output, setting, lambda text: _fill(form, text, claim=claim))


def _of(output: Output, name: str) -> Sequence[str]:
    inventions_of_it: Sequence[str] = getattr(inventions, f"{name}_{output.language.upper()}")
    return inventions_of_it


def _change_one(
    output: Output, setting: Setting, change: Callable[[str], str | None]
) -> Output | None:
    at = setting.chance.randrange(len(output.statements))
    changed = change(output.statements[at].text)
    if changed is None or changed == output.statements[at].text:
        return None
    statements = list(output.statements)
    statements[at] = replace(statements[at], text=changed)
    return replace(output, statements=tuple(statements))


def _fill(form: str, text: str, **values: str) -> str:
    said = text.strip().rstrip(".")
    return form.format(said=said, said_full=f"{said}.", lower=said[0].lower() + said[1:], **values)


FAULTS: dict[str, Make] = {
    "invented number": invent_number,
    "invented name": invent_name,
    "invented link": invent_link,
    "invented quotation": invent_quotation,
    "injection": obey_page,
    "wrong language": use_other_language,
    "reasoning": think_aloud,
    "cut off": cut_off,
    "prompt text": leak_prompt,
    "wrong citation": cite_wrongly,
    "invented claim": invent_claim,
    "disguised address": disguise_link,
}
