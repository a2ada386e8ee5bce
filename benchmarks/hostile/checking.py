"""What must hold of every case, whatever was made."""

from __future__ import annotations

from benchmarks.hostile.running import Report
from bot.texts import LANGUAGES, Texts


def complaints_of(report: Report) -> list[str]:
    texts = Texts.load()
    complaints = [f"FORBIDDEN: {each} was asked" for each in report.forbidden]
    complaints += [f"OVER ITS LIMITS: {each}" for each in report.beyond]
    for each in report.outcomes:
        name = f"{each.case.family}, {each.case.form}: {each.case.url}"
        if each.case.is_forbidden and not each.reason:
            complaints.append(f"READ: {name}")
        for language in LANGUAGES:
            if each.reason and f"unreadable.{each.reason}" not in texts.sentences(language):
                complaints.append(f"NO SENTENCE: {each.reason} in {language}, {name}")
    return complaints
