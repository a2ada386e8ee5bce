"""The `jubo` command as a script sees it, on an archive of documents in all five forms."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.command_line import ROOT, Jubo
from tests.hand_kept import DOCUMENTS

# A process starts in half a second on an idle machine, and in several on one that has much to do.
pytestmark = pytest.mark.timeout(300)

WEEK, DAY = "2025-W02", "2025-01-09"
KOREAN = {"LANG": "ko_KR.UTF-8"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def jubo(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Jubo:
    """Return the command over an archive that is filled; its tests only read it."""
    jubo = Jubo(tmp_path_factory.mktemp("home"))
    assert jubo("import", folder).code == 0
    return jubo


def test_a_folder_with_all_five_forms_comes_in_once(tmp_path: Path, folder: Path) -> None:
    jubo = Jubo(tmp_path)

    first = jubo("import", folder, "--json")
    again = jubo("import", folder / "archive.md", str(folder / "*.*"), "--json")

    assert (first.code, first.err) == (0, "")
    assert first.json["links"] == 10
    assert first.json["saves"] == 9
    assert first.json["notes"] >= 4
    assert first.json["concepts"] >= 1
    assert first.json["duplicates"] == 0
    [placeholder] = first.json["refused"]
    assert placeholder["file"] == str(folder / "letter.md")
    assert (
        DOCUMENTS["letter.md"].split("\n")[placeholder["line"] - 1].endswith("[새 링크 추가 예정]")
    )
    came_in = first.json["saves"] + first.json["notes"]
    assert again.json == {
        **dict.fromkeys(("links", "saves", "notes", "concepts", "repaired_chars", "lost_chars"), 0),
        "feeds": 0,
        "duplicates": came_in,
        "refused": [placeholder],
    }


def test_counts_and_places_are_told_in_the_readers_language(tmp_path: Path, folder: Path) -> None:
    jubo = Jubo(tmp_path)

    korean = jubo("import", folder / "letter.md", **KOREAN)
    english = jubo("import", folder / "letter.md")

    assert korean.out.startswith("새 링크 1개, 저장 1건, ")
    assert f"  {folder}/letter.md:15: 링크가 들어갈 자리만 있고 주소가 없습니다: " in korean.out
    assert english.out.startswith("New links: 0, saves: 0, ")
    assert english.out.count("\n") == 3


def test_what_repair_restored_and_what_it_could_not_is_told(tmp_path: Path) -> None:
    jubo, path = Jubo(tmp_path), tmp_path / "archive.md"
    once = DOCUMENTS["archive.md"].encode().decode("latin-1")
    path.write_bytes(once.encode() + "\n끝".encode()[:-1])  # mis-decoded, then cut

    korean = jubo("import", path, **KOREAN)
    english = jubo("import", path)
    counts = jubo("import", path, "--json").json

    repaired, lost = counts["repaired_chars"], counts["lost_chars"]
    assert repaired > 60
    assert lost == 1
    assert f"글자 {repaired}자를 되살렸고, {lost}자는 되살리지 못했습니다" in korean.out
    assert f"{repaired} restored, {lost} beyond repair. The original is kept." in english.out


def test_links_are_listed_searched_and_filtered(jubo: Jubo) -> None:
    everything = jubo("links", "--json").json
    found = jubo("links", "sparse", "search", "--json").json
    papers = jubo("links", "--kind", "paper", "--since", "2025-01-06", "--json").json
    before = jubo("links", "--until", "2025-01-06")  # nothing is so old

    assert len(everything) == 9
    assert [each["saved_at"] for each in everything] == sorted(
        (each["saved_at"] for each in everything), reverse=True
    )
    best = found[0]
    assert best["url"] == "https://arxiv.org/abs/2501.00001"
    assert (best["title"], best["kind"]) == ("Sparse search for long tables", "paper")
    assert best["summary"][0] == "긴 표에서 필요한 줄만 찾는 희소 검색을 제안한다."
    assert (best["saved_by"], best["state"]) == (["archive.md"], "waiting")
    assert isinstance(best["topics"], list)
    assert {each["kind"] for each in papers} == {"paper"}
    assert (before.code, before.out) == (0, "Nothing saved matches. Try fewer words or filters.\n")


@pytest.mark.parametrize("style", ["weekly", "daily"])
def test_a_digest_is_a_document_of_sections(jubo: Jubo, style: str) -> None:
    period = WEEK if style == "weekly" else DAY
    digest = jubo("digest", "--period", period, "--style", style, "--lang", "ko", "--json").json
    text = jubo("digest", "--period", period, "--style", style, "--lang", "en").out

    assert (digest["style"], digest["language"]) == (style, "ko")
    assert {"period", "chart", "engine"} <= digest.keys()
    items = [item for section in digest["sections"] for item in section["items"]]
    assert all(section["heading"] for section in digest["sections"])
    assert all(
        {"url", "title", "kind", "summary", "also", "concepts", "why"} <= item.keys()
        for item in items
    )
    assert "https://news.example.com/captions" in {item["url"] for item in items}
    assert "2025" in text
    assert "Captions for everyone" in text


def test_the_files_of_a_digest_are_the_same_bytes_twice(jubo: Jubo, tmp_path: Path) -> None:
    call = ("digest", "--period", WEEK, "--format", "markdown", "--out")

    first = jubo(*call, tmp_path / "one")
    second = jubo(*call, tmp_path / "two", **KOREAN, JUBO_LANGUAGE="en")

    names = [Path(line).name for line in first.out.splitlines()]
    assert first.out == second.out.replace("/two/", "/one/")
    assert names[0] == "digest.md"
    assert names[1].endswith(".png")
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(names)
    for name in names:
        data = (tmp_path / "one" / name).read_bytes()
        assert data == (tmp_path / "two" / name).read_bytes()
    assert f"]({names[1]})" in (tmp_path / "one" / "digest.md").read_text(encoding="utf-8")


def test_the_order_of_importing_does_not_change_a_digest(
    jubo: Jubo, folder: Path, tmp_path: Path
) -> None:
    other = Jubo(tmp_path / "home")
    other("import", *(folder / name for name in reversed(DOCUMENTS)))
    call = ("digest", "--period", WEEK, "--lang", "ko", "--format", "html")

    assert other(*call).out == jubo(*call).out


def test_an_empty_period_is_no_failure(jubo: Jubo) -> None:
    told = jubo("digest", "--period", "2020-03")
    empty = jubo("digest", "--period", "2020-03", "--json", **KOREAN)

    assert told.code == empty.code == 0
    assert "Nothing was saved" in told.out
    assert empty.json["sections"] == []
    assert "저장된" in empty.json["reason"]


def test_an_answer_quotes_what_was_saved(jubo: Jubo) -> None:
    answered = jubo("ask", "희소 검색은 무엇을 줄이나?", "--json")
    in_words = jubo("ask", "How", "many", "languages", "does", "the", "speech", "test", "cover?")
    unanswered = jubo("ask", "오로라는 왜 초록색인가?", "--json")

    citation = answered.json["citations"][0]
    assert answered.json["answered"] is True
    assert citation["n"] == 1
    assert citation["url"] == "https://arxiv.org/abs/2501.00001"
    assert citation["quote"] in answered.json["answer"]
    assert "forty languages" in in_words.out
    assert unanswered.code == 0
    assert unanswered.json["answered"] is False
    assert unanswered.json["citations"] == []


def test_commands_work_beside_a_running_serve_and_a_second_one_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    jubo = Jubo(tmp_path)
    with jubo.running("serve", "--port", "0", "--json") as serving:
        assert serving.stdout is not None
        assert serving.stderr is not None
        url = json.loads(serving.stdout.readline())["url"]

        assert _title(url) == "Jubo"
        assert jubo("import", folder / "archive.md").code == 0
        assert len(jubo("links", "--json").json) == 4
        second = jubo("serve", "--port", "0", **KOREAN)
        serving.send_signal(signal.SIGTERM)

        assert (second.code, str(tmp_path) in second.sentence) == (78, True)
        assert serving.wait(60) == 0
        assert serving.stderr.read() == ""


def test_the_demo_answers_and_leaves_nothing_behind(tmp_path: Path) -> None:
    jubo = Jubo(tmp_path / "home", {"TMPDIR": str(tmp_path)})
    with jubo.running("demo", "--port", "0", "--no-browser") as demo:
        assert demo.stdout is not None
        url = demo.stdout.readline().split()[-1]

        assert _title(url) == "Jubo"
        demo.send_signal(signal.SIGINT)

        assert demo.wait(60) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert list((tmp_path / "home").iterdir()) == []


def _title(url: str) -> str:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(url, timeout=60) as answer:
        page = answer.read().decode()
    return str(page.split("<title>")[1].split("</title>")[0])


HEAVY = {
    *("asyncio", "pydantic", "sqlalchemy", "alembic", "httpx", "aiohttp", "numpy", "matplotlib"),
    *("rich", "discord", "slack_bolt", "slack_sdk", "starlette", "trafilatura", "feedparser"),
}
PROBE = "import sys; from bot.cli import run; run(['--help']); print(*sys.modules, file=sys.stderr)"


def test_help_loads_no_heavy_library() -> None:
    probed = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "jubo" in probed.stdout
    assert HEAVY & set(probed.stderr.split()) == set()


@pytest.mark.parametrize("settings", [{}, KOREAN], ids=["en", "ko"])
def test_help_is_in_the_readers_language(tmp_path: Path, settings: dict[str, str]) -> None:
    shown = Jubo(tmp_path, settings)()

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("사용법: " if settings else "Usage: ")
