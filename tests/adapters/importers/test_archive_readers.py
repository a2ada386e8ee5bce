"""What holds for every form: no link is lost, nothing hangs, unknown documents are refused."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.importers import _FORMS, ArchiveReaders
from bot.domain.archives import Archive, ArchiveLink
from bot.errors import UserError
from bot.texts import LANGUAGES, Texts

PIECES = [
    "# Notes 2031",
    "## 🎄 December",
    "## 🩵 Ducks",
    "### Part [^ref-n-1]",
    "<details>",
    "<details><summary>1st week</summary>",
    "<summary>중요 개념</summary>",
    "</details>",
    "- 📜 [Lab] [Title {n}](https://a{n}.org/x)",
    "  - 🧑🏻‍💻 [Lab][Title {n}](https://b{n}.org/x_(y))",
    "    - [Github](https://c{n}.org), [Demo](https://d{n}.org)",
    "- point with [a link](https://e{n}.org) in it",
    "  - **Term(용어)**: see https://f{n}.org/a.",
    "  → so it goes https://g{n}.org",
    "**요약:**",
    "**출처:**",
    " - 제목 (https://h{n}.org/가)",
    "**A bold title**",
    "Prose with https://i{n}.org in it.",
    "[^ref-n-1]: [Source](https://j{n}.org)",
    "[^ref-n-{n}]: [Other](https://k{n}.org)",
    '<a href="https://l{n}.org">html</a>',
    "- [x](https://m{n}.org](https://n{n}.org))",
    "<!-- https://o{n}.org -->",
    "![figure](https://p{n}.org/x.png)",
    "[링크 예정]",
    "---",
    "",
    "    \ttext",
    "<summary>[t](https://q{n}.org)</summary>",
    "| a | [t](https://r{n}.org) |",
]
HOSTILE = (
    *("[", "[[](", "](", "](http://a", "[a] ", "(" * 9, "- [x](" * 3, "가(a) "),
    *("<details>", "<details>\n", "<a href=", "<a href=x>", "<!--"),
    *("**", "> ", "# ", "|", "📜", "http://a.b/", "- " * 50 + "\n"),
)
DOCUMENTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map(
    lambda pieces: "\n".join(piece.replace("{n}", str(n)) for n, piece in enumerate(pieces))
)
READERS = ArchiveReaders()
BY_HAND = [form.FORM for form in _FORMS]


def addresses(archive: Archive) -> set[str]:
    def of(link: ArchiveLink) -> set[str]:
        return {link.url}.union(*(of(related) for related in link.related))

    found = set[str]().union(*(of(link) for link in archive.links))
    refused = " ".join(refusal.excerpt for refusal in archive.refusals)
    return found | set(re.findall(r"https://[a-z]\d+\.org", refused))


@pytest.mark.parametrize("form", BY_HAND)
@given(DOCUMENTS)
def test_every_link_is_found_or_listed(form: str, document: str) -> None:
    archive = READERS.read("a.md", b"x\n" + document.encode(), form=form)

    hosts = {match[0] for url in addresses(archive) if (match := re.match(r"https://[^/]+", url))}
    assert hosts >= set(re.findall(r"https://[a-z]\d+\.org", document))


@pytest.mark.parametrize("form", BY_HAND)
@given(DOCUMENTS)
def test_every_refusal_names_a_line_and_a_reason_that_people_can_read(
    form: str, document: str
) -> None:
    archive = READERS.read("a.md", b"x\n" + document.encode(), form=form)

    lines = document.count("\n") + 2
    assert all(1 <= refusal.line <= lines for refusal in archive.refusals)
    texts = Texts.load()
    for language in LANGUAGES:
        known = texts.table(language, "refusal")
        assert all(refusal.reason in known for refusal in archive.refusals)


@pytest.mark.parametrize("form", BY_HAND)
@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_input_takes_linear_time(form: str, unit: str) -> None:
    started = time.process_time()

    READERS.read("a.md", (unit * (60_000 // len(unit))).encode(), form=form)

    assert time.process_time() - started < 5


def test_nesting_beyond_reason_is_cut_and_said_so() -> None:
    bullets = "\n".join(f"{' ' * n}- {n}" for n in range(200))

    archive = READERS.read(
        "a.md", f"- [a](https://a.org)\n{bullets}".encode(), form="study_archive"
    )

    assert [refusal.reason for refusal in archive.refusals] == ["too_deep"]


def test_a_large_archive_is_read_in_a_moment() -> None:
    entry = "- 📜 [Lab] [Title](https://a.org/{n})\n  - point\n    - deeper (b)\n  - [Github](https://b.org/{n})\n"
    text = "# 2031\n## May\n" + "".join(entry.replace("{n}", str(n)) for n in range(1600))
    started = time.process_time()

    archive = READERS.read("a.md", text.encode())

    assert len(archive.links) == 1600
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("data", "form", "key"),
    [
        (b"Just a sentence.", None, "import.unknown_form"),
        (b"# a\n- b", "poem", "import.no_such_form"),
        (b"\x00\x01\x02", None, "import.binary"),
        (b"", None, "import.empty"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    data: bytes, form: str | None, key: str
) -> None:
    with pytest.raises(UserError) as refused:
        READERS.read("a.md", data, form=form)

    assert refused.value.message_key == key
    for language in LANGUAGES:
        assert Texts.load().get(language, key, **refused.value.values)


def test_a_file_that_breaks_off_is_read_and_said_so() -> None:
    archive = READERS.read("a.md", "## 말\n- 오리".encode()[:-1])

    assert [(refusal.line, refusal.reason) for refusal in archive.refusals] == [(2, "cut_short")]
    assert archive.lost_chars == 1
