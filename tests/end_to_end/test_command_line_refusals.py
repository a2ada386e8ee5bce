"""Whatever goes wrong is told in one sentence, with its exit code, and nothing is half-written."""

from __future__ import annotations

import gzip
import io
import os
import resource
import signal
import socket
import zipfile
from pathlib import Path

import pytest

from benchmarks.made_archive import make_archive
from tests.command_line import Jubo
from tests.hand_kept import ARCHIVE

pytestmark = pytest.mark.timeout(300)

DONE, FAILED, BAD_USAGE, BAD_CONFIGURATION, INTERRUPTED = 0, 1, 2, 78, 130
KOREAN = {"LANG": "ko_KR.UTF-8"}


@pytest.fixture(scope="module")
def jubo(tmp_path_factory: pytest.TempPathFactory) -> Jubo:
    return Jubo(tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("digset", "There is no command “digset”. See `jubo --help`."),
        ("digest", "--period is missing. See `jubo digest --help`."),
        ("links --sort date", "There is no option --sort here. See `jubo links --help`."),
        (
            "digest --period 7d --style odd",
            "--style takes one of weekly, daily, monthly, ",
        ),
        ("links --limit none", "--limit takes a number from 1 to 100000. See"),
        ("digest --period someday", "“someday” is not a period. Write it like"),
        ("links --since soon", "“soon” is no date. Write it as"),
        ("ask --workspace slack:T1 why", "There is no workspace slack:T1. There are: local."),
        ("serve --only web,", "There is no part “”. There are slack, discord, web and worker."),
        ("save example", "“example” is no address. Write it in full, such as https://"),
    ],
)
def test_bad_usage_is_one_sentence(jubo: Jubo, call: str, sentence: str) -> None:
    refused = jubo(*call.split())

    assert refused.code == BAD_USAGE
    assert refused.sentence.startswith(sentence)


def test_bad_usage_is_told_in_korean_too(jubo: Jubo) -> None:
    refused = jubo("digset", **KOREAN)

    assert refused.code == BAD_USAGE
    assert refused.sentence == "“digset” 명령은 없습니다. `jubo --help`를 참고하세요."


def test_a_sentence_shows_control_characters_and_sends_none(jubo: Jubo) -> None:
    mistyped = jubo("dig\x1b[2Jset")
    absent = jubo("import", "notes\x1b]0;title\x07.md")

    assert mistyped.sentence.startswith(r"There is no command “dig\x1b[2Jset”.")
    assert r"notes\x1b]0;title\x07.md" in absent.err
    assert "\x1b" not in absent.out + absent.err


def test_every_wrong_setting_has_its_sentence(jubo: Jubo) -> None:
    refused = jubo("links", JUBO_ZONE="Seoul", JUBO_WEB_PORT="http", JUBO_WEB_TOKEN="short")

    assert (refused.code, refused.out) == (BAD_CONFIGURATION, "")
    assert [line.split()[0] for line in refused.err.splitlines()] == [
        "JUBO_ZONE",
        "JUBO_WEB_PORT",
        "JUBO_WEB_TOKEN",
    ]


def _zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("notes.md", bytes(50_000_000))
    return packed.getvalue()


@pytest.fixture(scope="module")
def unwelcome(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of files that are no documents, each with a name that says what it is."""
    folder = tmp_path_factory.mktemp("unwelcome")
    (folder / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (folder / "packed.txt").write_bytes(gzip.compress(ARCHIVE.encode()))
    (folder / "bomb.md").write_bytes(_zip_bomb())
    (folder / "empty.md").touch()
    (folder / "prose.md").write_text("< < <\n" * 50, encoding="utf-8")
    with (folder / "large.md").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    return folder


def test_files_that_are_no_documents_are_refused_each_by_name(unwelcome: Path, jubo: Jubo) -> None:
    told = jubo("import", unwelcome)
    as_json = jubo("import", unwelcome, "--json", **KOREAN)

    sentences = {
        "bomb.md": "is not a text document",
        "empty.md": "is empty",
        "large.md": "is larger than 64 MB",
        "packed.txt": "is not a text document",
        "picture.md": "is not a text document",
        "prose.md": "is no form of document",
    }
    assert (told.code, told.out) == (FAILED, "")
    for line, (name, sentence) in zip(told.err.splitlines(), sentences.items(), strict=True):
        assert line.startswith(f"{unwelcome / name} {sentence}")
    assert as_json.code == FAILED
    assert [each["file"] for each in as_json.json["refused"]] == [
        str(unwelcome / name) for name in sentences
    ]


def test_a_refused_file_does_not_keep_the_others_out(unwelcome: Path, tmp_path: Path) -> None:
    (tmp_path / "archive.md").write_text(ARCHIVE, encoding="utf-8")

    imported = Jubo(tmp_path / "home")("import", unwelcome / "empty.md", tmp_path / "archive.md")

    assert imported.code == DONE
    assert imported.out.startswith("New links: 5, saves: 4, ")
    assert "empty.md is empty" in imported.err


@pytest.mark.parametrize("given", ["", "missing.md", "*.nothing", "bare", "folder.md"])
def test_a_path_with_nothing_behind_it_is_one_sentence(
    jubo: Jubo, tmp_path: Path, given: str
) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "folder.md").mkdir()

    refused = jubo("import", given and tmp_path / given)

    assert refused.code == FAILED
    assert refused.sentence.startswith(("There is no file or folder ", "The folder "))


def test_what_cannot_be_read_or_never_ends_is_refused(jubo: Jubo, tmp_path: Path) -> None:
    path = tmp_path / "socket.md"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))  # opening one fails, for whatever user the tests run as

        refused = jubo("import", path, "/dev/zero")

    assert refused.code == FAILED
    unreadable, endless = refused.err.splitlines()
    assert unreadable.startswith(f"{path} cannot be opened: ")
    assert endless.startswith("/dev/zero is larger than 64 MB")


def test_odd_documents_come_in_as_far_as_they_are_whole(tmp_path: Path) -> None:
    cut = ARCHIVE.encode()[: ARCHIVE.encode().index("적었다".encode()) + 4]
    (tmp_path / "cut.md").write_bytes(cut)
    (tmp_path / "line.md").write_text("- 📜 [a](https://example.com/long) " + "word " * 200_000)
    nested = "".join("  " * n + f"- 📜 [a](https://example.com/{n})\n" for n in range(300))
    (tmp_path / "nested.md").write_text(nested)
    name_of_bytes = tmp_path / "name\udcff.md"
    name_of_bytes.write_text(ARCHIVE, encoding="utf-8")
    jubo = Jubo(tmp_path / "home")

    imported = jubo("import", tmp_path, "--json")

    reasons = {Path(each["file"]).name: each["reason"] for each in imported.json["refused"]}
    assert imported.code == DONE
    assert reasons.keys() == {"cut.md", "nested.md"}
    assert reasons["cut.md"].startswith("The file breaks off")
    assert imported.json["saves"] == 6


def test_any_words_may_be_asked(jubo: Jubo) -> None:
    questions: list[str | bytes] = [
        "질문 retrieval " * 700,
        '"NEAR( AND OR NOT * ^title: -x',
        b"\xff\xfe",
    ]
    for question in questions:
        unanswered = jubo("ask", question, "--json")
        assert (unanswered.code, unanswered.json["answered"]) == (DONE, False)

    empty = jubo("ask", "  ")

    assert empty.code == BAD_USAGE
    assert empty.sentence.startswith("The question is empty.")


def test_a_home_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "jubo.db").write_text("not a database, whatever its name says" * 50)

    below_a_file = Jubo(tmp_path)("links", JUBO_HOME=str(tmp_path / "file"))
    no_database = Jubo(tmp_path)("serve", "--port", "0", **KOREAN)

    assert below_a_file.code == no_database.code == BAD_CONFIGURATION
    assert str(tmp_path / "file") in below_a_file.sentence
    assert str(tmp_path / "jubo.db") in no_database.sentence


def test_a_home_may_have_any_name(tmp_path: Path) -> None:
    home = tmp_path / "what? 100%#1"

    assert Jubo(home)("links").code == DONE
    assert (home / "jubo.db").is_file()


def _no_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def test_a_full_disk_stores_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "archive.md").write_text(make_archive(600), encoding="utf-8")
    jubo = Jubo(tmp_path / "home")
    jubo("links")

    refused = jubo.run(["import", tmp_path / "archive.md"], before=_no_room)
    unwritten = jubo.run(["links"], out=Path("/dev/full"))

    assert refused.code == unwritten.code == FAILED
    assert refused.sentence.startswith("The database cannot be written")
    assert unwritten.sentence.startswith("The system refused: No space left")
    assert jubo("links", "--json").json == []


def _room_for_the_chart_alone() -> None:
    # The database's own files beside it are smaller, its document is larger.
    resource.setrlimit(resource.RLIMIT_FSIZE, (35_000, 35_000))


def test_a_digest_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "archive.md").write_text(make_archive(1200), encoding="utf-8")
    jubo = Jubo(tmp_path / "home")
    jubo("import", tmp_path / "archive.md")
    call = ("digest", "--period", "2025-01", "--format", "html", "--out")

    no_room = jubo.run([*call, tmp_path / "out"], before=_room_for_the_chart_alone)
    no_folder = jubo(*call, tmp_path / "archive.md")

    assert no_room.code == no_folder.code == FAILED
    assert no_room.sentence.startswith(f"Nothing can be written to {tmp_path / 'out'}")
    assert list((tmp_path / "out").iterdir()) == []
    assert no_folder.sentence.startswith("Nothing can be written to ")


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "archive.md").write_text(make_archive(600), encoding="utf-8")
    jubo = Jubo(tmp_path / "home")
    jubo("import", tmp_path / "archive.md")

    with jubo.running("links", "--json", "--limit", "600") as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.readline()
        listing.stdout.close()

        assert listing.wait(60) == DONE
        assert listing.stderr.read() == ""


def test_ctrl_c_stops_an_import_that_is_under_way(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    jubo = Jubo(tmp_path / "home")
    with jubo.running("import", str(pipe)) as importing:
        assert importing.stderr is not None
        with pipe.open("wb") as writing:  # opens once the other side does: it is at work now
            writing.write(ARCHIVE.encode())
            importing.send_signal(signal.SIGINT)

        assert importing.wait(60) == INTERRUPTED
        assert importing.stderr.read().startswith("Stopped. ")
    assert jubo("links", "--json").json == []
