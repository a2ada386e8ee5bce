"""Readers of documents that people wrote by hand, and of what other programs wrote out.

A new form is one file, and one line in `_FORMS` or in `EXPORTS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Protocol

from adapters.importers import (
    daily_report,
    document,
    link_list,
    newsletter,
    study_archive,
    talk_notes,
    trend_post,
)
from adapters.importers.decoding import MAX_BYTES, Decoded, decode
from adapters.importers.exports import EXPORTS
from adapters.importers.exports.apart import read_export
from adapters.importers.pdf import SIGNATURE, read_pdf
from adapters.importers.period_labels import find_day
from bot.domain.archives import Archive, ArchiveNote, Refusal
from bot.errors import UserError
from bot.text.repair import repair_text


class _Form(Protocol):
    """A module of this package: recognises and parses one form of document."""

    FORM: str

    def recognise(self, text: str) -> float:
        """Return how sure it is, 0 to 1: below `_SURE_ENOUGH` means no."""

    def parse(self, text: str) -> Archive: ...


_FORMS: Sequence[_Form] = (
    study_archive,
    trend_post,
    daily_report,
    newsletter,
    talk_notes,
    link_list,
    document,
)
_SURE_ENOUGH = 0.25
_OF_EXPORTS = [str(export.FORM) for export in EXPORTS]


class _ReadExport(Protocol):
    def __call__(self, name: str, data: bytes, *, form: str | None = None) -> Archive | None: ...


class ArchiveReaders:
    """Implements the port `ArchiveReader`."""

    def __init__(
        self, forms: Sequence[_Form] = _FORMS, *, read_export: _ReadExport = read_export
    ) -> None:
        self._forms: Mapping[str, _Form] = {form.FORM: form for form in forms}
        self._read_export = read_export

    def read(self, name: str, data: bytes, *, form: str | None = None) -> Archive:
        if form is not None and form not in (*self._forms, *_OF_EXPORTS):
            raise UserError("import.no_such_form", form=form, forms=self._names())
        if data.startswith(SIGNATURE) and len(data) <= MAX_BYTES:
            return _named_all(read_pdf(name, data), name)
        if form not in self._forms:
            archive = self._read_export(name, data, form=form)
            if archive is not None:
                return _named_all(archive, name)
        decoded = decode(name, data)
        repaired = repair_text(decoded.text)
        chosen = self._forms[form] if form else self._recognise(name, repaired.text)
        archive = replace(
            chosen.parse(repaired.text),
            repaired_chars=repaired.repaired_chars,
            lost_chars=repaired.lost_chars + decoded.lost_chars,
        )
        return _complete(archive, name, decoded)

    def _names(self) -> str:
        return ", ".join((*self._forms, *_OF_EXPORTS))

    def _recognise(self, name: str, text: str) -> _Form:
        scores = {form.FORM: form.recognise(text) for form in self._forms.values()}
        best = max(scores, key=lambda form: scores[form])
        if scores[best] < _SURE_ENOUGH:
            raise UserError("import.unknown_form", path=name, forms=self._names())
        return self._forms[best]


def _complete(archive: Archive, name: str, decoded: Decoded) -> Archive:
    """Add what only the file knows: title and day where the text has none, damage to its bytes."""
    refusals = archive.refusals
    if decoded.is_cut:
        last_line = decoded.text.count("\n") + 1
        refusals = (*refusals, Refusal(last_line, "cut_short", decoded.text[-80:].strip()))
    in_order = tuple(sorted(refusals, key=lambda refusal: refusal.line))
    return _named_all(replace(archive, refusals=in_order), name)


def _named_all(archive: Archive, name: str) -> Archive:
    title = archive.title or PurePath(name).stem
    notes = tuple(_named(note, title, name) for note in archive.notes)
    return replace(archive, title=title, notes=notes)


def _named(note: ArchiveNote, title: str, name: str) -> ArchiveNote:
    return replace(note, title=note.title or title, day=note.day or find_day(PurePath(name).stem))
