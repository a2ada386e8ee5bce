"""A digest as JSON: the contract of `jubo digest --json`, which scripts rely on."""

from __future__ import annotations

from typing import TypeAlias

from bot.domain.digests import (
    Analysis,
    Chart,
    ChartBar,
    Digest,
    DigestItem,
    DigestSection,
    Statement,
    Tally,
)
from bot.domain.models import Concept, Engine, Point, Related, Summary
from bot.domain.points import plain_point
from bot.domain.reasons import Reason
from bot.domain.writing import Writing
from bot.text.inline import plain
from bot.text.printable import dump_json

Json: TypeAlias = dict[str, object]


def write_json(digest: Digest) -> str:
    return dump_json(digest_json(digest)) + "\n"


def digest_json(digest: Digest) -> Json:
    """Return the digest as plain values. `until` is the day after the last one."""
    return {
        "period": digest.period.name,
        "since": digest.period.first.isoformat(),
        "until": digest.period.end.isoformat(),
        "style": str(digest.style),
        "language": digest.language,
        "title": digest.title,
        "sections": [_section(section) for section in digest.sections],
        "notes": [{"title": note.title, "headings": list(note.headings)} for note in digest.notes],
        "chart": _chart(digest.chart) if digest.chart else None,
        "savers": [_tally(each) for each in digest.savers],
        "origins": [_tally(each) for each in digest.origins],
        "topics": [_tally(each) for each in digest.topics],
        "engine": digest.engine,
        "opening": _statements(digest.opening),
        "model": _model(digest.writing) if digest.writing else None,
        "tokens": _tokens(digest.writing),
        "reason": digest.reason,
        "near_misses": [_near_miss(item) for item in digest.near_misses],
    }


def _model(writing: Writing) -> Json:
    """Return what it did; `without` says why it did no more, "" if it did all."""
    return {
        "name": writing.model,
        "told": writing.told,
        "refused": writing.refused,
        "without": writing.without,
    }


def _tokens(writing: Writing | None) -> Json:
    """Return what this very digest cost: nothing where it was paid for before."""
    return {
        "in": writing.tokens_in if writing else 0,
        "out": writing.tokens_out if writing else 0,
    }


def _section(section: DigestSection) -> Json:
    items = [_item(item) | {"is_brief": False} for item in section.items]
    items += [_item(item) | {"is_brief": True} for item in section.brief]
    analysis = _analysis(section.analysis) if section.analysis else None
    return {
        "key": section.key,
        "heading": section.heading,
        "emoji": section.emoji,
        "items": items,
        "analysis": analysis,
        "sources": [{"title": title, "url": url} for title, url in section.sources],
    }


def _item(item: DigestItem) -> Json:
    return {
        "url": item.url,
        "title": item.title,
        "kind": str(item.kind),
        "summary": _summary(item.summary),
        "also": [{"title": title, "url": url} for title, url in item.also],
        "concepts": [_concept(concept) for concept in item.concepts],
        "why": [_reason(reason) for reason in item.why],
        "why_not": _reason(item.why_not) if item.why_not else None,
        "score": item.score,
        "who": item.who,
        "day": item.day.isoformat(),
        "topics": list(item.topics),
        "related": [_related(related) for related in item.related],
        "label": item.label,
        "engine": str(item.summary.engine) if item.summary else None,
        "prose": list(item.prose),
        "is_unreadable": item.is_unreadable,
        "is_waiting": item.is_waiting,
    }


def _near_miss(item: DigestItem) -> Json:
    full = _item(item)
    return {name: full[name] for name in ("url", "title", "score", "why", "why_not")}


def _reason(reason: Reason) -> Json:
    """Return it with its name where that says something: a topic, a source, a limit."""
    told: Json = {"reason": reason.key, "count": reason.count, "points": reason.points}
    return told | ({"name": reason.name} if reason.name else {})


def _summary(summary: Summary | None) -> list[object]:
    return [_point(point, summary.engine) for point in summary.points] if summary else []


def _point(point: Point, engine: Engine) -> object:
    """Return a bullet as its text, or as text and points where something hangs below it."""
    text = plain_point(point, engine)
    if not point.points:
        return text
    return {"text": text, "points": [_point(each, engine) for each in point.points]}


def _concept(concept: Concept) -> Json:
    return {
        "term": concept.term,
        "other_name": concept.other_name,
        "definition": plain(concept.definition),
        "points": [_point(point, Engine.IMPORTED) for point in concept.points],
    }


def _related(related: Related) -> Json:
    return {
        "url": related.url,
        "title": related.title,
        "kind": str(related.kind),
        "who": related.who,
        "summary": _summary(related.summary),
    }


def _analysis(analysis: Analysis) -> Json:
    return {
        "subjects": _statements(analysis.subjects),
        "events": _statements(analysis.events),
        "impact": [
            {"field": field, "statements": _statements(statements)}
            for field, statements in analysis.impact
        ],
        "conclusion": _statements(analysis.conclusion),
        "origin": analysis.origin,
    }


def _statements(statements: tuple[Statement, ...]) -> list[Json]:
    return [{"text": each.text, "sources": list(each.sources)} for each in statements]


def _tally(tally: Tally) -> Json:
    return {"name": tally.name, "count": tally.count, "before": tally.before}


def _chart(chart: Chart) -> Json:
    return {
        "name": chart.name,
        "title": chart.title,
        "alt": chart.alt,
        "bars": [_bar(bar) | {"before": bar.before} for bar in chart.bars],
        "totals": [_bar(bar) for bar in chart.totals],
        "panels": [
            {"title": panel.title, "bars": [_bar(bar) for bar in panel.bars]}
            for panel in chart.panels
        ],
    }


def _bar(bar: ChartBar) -> Json:
    return {"label": bar.label, "count": bar.count}
