"""Jupyter notebooks as Markdown: their prose and their code, without what the code printed."""

from __future__ import annotations

from adapters.fetching.answers import Answer, clean_text

_MOST_CELLS = 500


def notebook_markdown(notebook: Answer) -> str:
    """Return "" for what is no notebook. Format 3 keeps its cells in a worksheet."""
    cells = list(notebook["cells"]) or list(notebook["worksheets"][0]["cells"])
    language = (
        notebook["metadata"]["kernelspec"]["language"].line
        or notebook["metadata"]["language_info"]["name"].line
    )
    return "\n\n".join(filter(None, (_cell(each, language) for each in cells[:_MOST_CELLS])))


def _cell(cell: Answer, language: str) -> str:
    source = _joined(cell["source"]) or _joined(cell["input"])
    if not source:
        return ""
    if cell["cell_type"].line == "code":
        return f"~~~~{language}\n{source}\n~~~~"
    return source


def _joined(lines: Answer) -> str:
    return clean_text(lines.verbatim or "".join(each.verbatim for each in lines))
