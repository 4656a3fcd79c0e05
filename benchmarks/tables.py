"""The accuracy benchmark's records as Markdown tables, which can go into the docs as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from decisions import Decision, Verdict
from estimates import BODY_YAW, HEAD_PITCH, MEASURED, OURS
from scores import EVERY_VIEW, Score
from stills import ON_MAT
from working_hours import ALL, Tally

NOTHING = "–"
"""Shown if there is no number: not answered, or not applicable."""

Columns = Sequence[tuple[str, Callable[[Any], str]]]
"""Headings, and what stands below them."""


def number(value: float | None, form: str = ".1f") -> str:
    """A number, or a dash if there is none."""
    return NOTHING if value is None else format(value, form)


def percent(share: float | None) -> str:
    """A fraction as a percentage, or a dash if there is none."""
    return NOTHING if share is None else f"{share:.0%}"


def table(columns: Columns, rows: Iterable[Any]) -> list[str]:
    """A Markdown table whose columns also line up as plain text; nothing if there are no rows."""
    cells = [[text(row) for _, text in columns] for row in rows]
    if not cells:
        return []
    cells.insert(0, [head for head, _ in columns])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in cells)
    return [f"| {' | '.join(row)} |" for row in padded]


_WHAT: Columns = (
    ("measure", lambda row: row.measure.replace("_", " ")),
    ("view", lambda row: row.view),
    ("model", lambda row: row.model),
)
_WHERE: Columns = (("camera", lambda row: row.family), ("model", lambda row: row.model))
_ORDER = [BODY_YAW, *(name.value for name in MEASURED), HEAD_PITCH]


def _in_order(scores: Iterable[Score]) -> list[Score]:
    """Sorted by measure and view; models and methods stay in their original order."""
    views = ("front", "oblique", "side", EVERY_VIEW, ON_MAT)
    return sorted(scores, key=lambda score: (_ORDER.index(score.measure), views.index(score.view)))


def errors(scores: Iterable[Score], against: str) -> list[str]:
    """Errors of the angles themselves ("truth") or of their changes from upright ("upright"), by view."""
    columns: Columns = (
        *_WHAT,
        ("method", lambda row: row.method),
        ("n", lambda row: str(row.n)),
        ("answered", lambda row: percent(row.answered)),
        ("bias °", lambda row: number(row.bias, "+.1f")),
        ("MAE °", lambda row: number(row.mae)),
        ("P90 °", lambda row: number(row.p90)),
    )
    return table(columns, _in_order(score for score in scores if score.against == against and score.view != EVERY_VIEW))


def reliability(scores: Iterable[Score]) -> list[str]:
    """Whether the reliability reported by posturecam predicts the error, where it answers."""
    columns: Columns = (
        *_WHAT,
        ("answered", lambda row: str(round(row.answered * row.n))),
        ("ρ visibility", lambda row: number(row.visibility_rank, "+.2f")),
        ("MAE ° least visible third", lambda row: number(row.mae_least_visible)),
        ("MAE ° most visible third", lambda row: number(row.mae_most_visible)),
        ("ρ uncertainty", lambda row: number(row.uncertainty_rank, "+.2f")),
        ("within 1 SD", lambda row: percent(row.within_one)),
        ("within 2 SD", lambda row: percent(row.within_two)),
    )
    answered = (
        score
        for score in scores
        if score.method == OURS and score.against == "truth" and score.answered and score.measure != BODY_YAW
    )
    return table(columns, _in_order(answered))


def decisions(rows: Iterable[Decision]) -> list[str]:
    """How well a single picture identifies a slouch."""
    columns: Columns = (
        *_WHERE,
        ("method", lambda row: row.method),
        ("n", lambda row: str(row.n)),
        ("answered", lambda row: percent(row.answered)),
        ("separation", lambda row: number(row.separation, ".3f")),
        ("false at 90 % found", lambda row: percent(row.false_at_best)),
        ("found", lambda row: percent(row.found)),
        ("false", lambda row: percent(row.false)),
    )
    return table(columns, rows)


def verdicts(rows: Iterable[Verdict]) -> list[str]:
    """The program's result for each posture."""
    columns: Columns = (
        *_WHERE,
        ("posture", lambda row: row.posture.replace("_", " ")),
        ("n", lambda row: str(row.n)),
        ("slouching", lambda row: percent(row.slouching)),
        ("unknown", lambda row: percent(row.unknown)),
        ("median deviation", lambda row: number(row.median, ".2f")),
    )
    return table(columns, rows)


def hours(rows: Iterable[Tally]) -> list[str]:
    """The scripted working hours, over all slouches."""
    columns: Columns = (
        *_WHERE,
        ("program", lambda row: row.method),
        ("slouches", lambda row: str(row.slouches)),
        ("found", lambda row: percent(row.found / row.slouches if row.slouches else None)),
        ("s to alert", lambda row: number(row.seconds_to_alert, ".0f")),
        ("hours outside", lambda row: number(row.hours)),
        ("false alerts/h", lambda row: number(row.false_an_hour, ".2f")),
        ("of these reported as leaning", lambda row: str(row.leans_told)),
        ("unknown", lambda row: percent(row.unknown)),
        ("refused", lambda row: str(row.refused)),
    )
    return table(columns, [row for row in rows if row.depth == ALL])


def depths(rows: Sequence[Tally]) -> list[str]:
    """Slouches found, and the median seconds to the alert, by depth."""
    by_key = {(row.family, row.model, row.method, row.depth): row for row in rows}

    def found(depth: str) -> Callable[[Tally], str]:
        return lambda row: _found(by_key.get((row.family, row.model, row.method, depth)))

    names = dict.fromkeys(row.depth for row in rows if row.depth != ALL)
    columns: Columns = (*_WHERE, ("program", lambda row: row.method), *((name, found(name)) for name in names))
    return table(columns, [row for row in rows if row.depth == ALL])


def _found(row: Tally | None) -> str:
    if row is None or not row.slouches:
        return NOTHING
    return f"{row.found}/{row.slouches}" + ("" if row.seconds_to_alert is None else f", {row.seconds_to_alert:.0f} s")
