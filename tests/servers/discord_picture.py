"""Pictures of Discord messages as members see them, to look at while the renderer changes.

`python tests/servers/discord_picture.py PAYLOADS.json FOLDER` draws a list of
`{"payload": …, "files": {NAME: data URL}}` dark and light, for a desk and for a phone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
WIDTHS = {"desk": 900, "phone": 400}
THEMES = ("dark", "light")


def page_of(messages: list[dict[str, Any]], *, theme: str) -> str:
    given = json.dumps({"theme": theme, "messages": messages})
    done = subprocess.run(
        ["node", HERE / "discord_picture.mjs"],
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def draw(messages: list[dict[str, Any]], folder: Path, *, name: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for theme in THEMES:
            html = page_of(messages, theme=theme)
            for device, width in WIDTHS.items():
                page = browser.new_page(viewport={"width": width, "height": 600})
                page.set_content(html)
                page.screenshot(path=folder / f"{name}-{theme}-{device}.png", full_page=True)
                page.close()
        browser.close()


if __name__ == "__main__":
    source, folder = map(Path, sys.argv[1:3])
    folder.mkdir(parents=True, exist_ok=True)
    draw(json.loads(source.read_text()), folder, name=source.stem)
