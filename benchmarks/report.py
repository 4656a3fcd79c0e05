"""The accuracy benchmark's report as a page: its tables, and what their columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "results"

ABOUT = {
    "errors": """Rows are by the view from which the body is really seen: front up to 25° of true yaw, side from 65 to 115°, oblique
between; the mat has rows of its own. *Answered* is the share with a value: 0 % is an answer too, as from the front posturecam
refuses a forward angle. *Bias* is the mean error, positive where too much is read; *MAE* and *P90* are the mean and the 90th
percentile of the absolute error, over what was answered. Methods beside posturecam's (`benchmarks/popular.py` says who uses
them): *normalized*, the ear–shoulder line in coordinates from 0 to 1; *any view*, the same in pixels, from any view, without a
sign; *world z*, with the model's own depth.""",
    "changes": """The error of the difference to the same person's own upright pictures, which is what a calibration is for: a mistake that
is always the same cancels. Upright pictures themselves are not counted.""",
    "reliability": """*ρ visibility* is Spearman's rank correlation of the least visibility behind a value with its absolute error: clearly below 0
where visibility means something. *ρ uncertainty* is that of the standard deviation that posturecam states: above 0 where it is
honest. Within one and two of them 68 % and 95 % of the errors should lie.""",
    "decisions": """Slouched: mild, middle and deep slouch, head clearly forward, slid down. Harmless: everything else; a head slightly forward and
a slouch with the eyes on the desk count neither way. *Separation* is how often a slouched picture scores higher than a harmless
one before the same kind of camera (0.5 is chance). *False at 90 % found* sets every method's threshold in hindsight. *Found* and
*false* are posturecam's own, with unanswered pictures counted as missed.""",
    "verdicts": """The share called slouching, and unknown, picture by picture. Leaning in and a chin in the hand look like slouching from most
sides; they are harmless because they end.""",
    "hours": """*Found* are slouches with an alert before they ended; *s to alert* is the median over those. *False alerts/h* are alerts outside
slouches and the 15 s after each, by the hours outside. *Unknown* is the share of the time with somebody there in which there was no
answer; *refused* are hours that began without a baseline. Before cameras in front the face judges; *geometry* is the program with its learned
estimator switched off, *learned* with it, *scene known* where it knows besides whether the camera was moved, and by how much its lid was tilted. An alert is the moment at which a program begins to say "slouching": the
pause between two notifications is left out for all programs. The other programs are written anew from their published source or
description (`benchmarks/rules.py`): they are *like* those programs.""",
    "depths": "",
}
"""The text above each table."""


def page(
    summary: Sequence[str], sections: Mapping[str, tuple[str, Sequence[str]]], refused: Sequence[str]
) -> list[str]:
    """The lines of the report.

    Args:
        summary: What was examined.
        sections: Title and table by the names of `ABOUT`; an empty table is left out.
        refused: Why hours began without a baseline.
    """
    lines = ["# Accuracy: the last run, in full", "", *summary, ""]
    for name, (title, table) in sections.items():
        if table:
            about = [ABOUT[name], ""] if ABOUT[name] else []
            lines += [f"## {title}", "", *about, *table, ""]
    return [*lines, *(f"Refused: {reason}" for reason in refused)]
