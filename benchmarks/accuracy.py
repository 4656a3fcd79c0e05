"""How accurate the angles are, how well slouches are detected, and how that compares with popular code.

    python benchmarks/accuracy.py [--split test|tune] [--model lite|full|both] [--hours N] [--report FILE] [--json FILE] [--plots DIR]

Uses rendered people with exact angles (`benchmarks/data/`). `benchmarks/results/accuracy.md` is the report of the last
full run on the `test` people, on whom nothing is ever tuned; `docs/accuracy.md` is the short page.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import estimates
import popular
import program
import report
import tables
from decisions import Decision, Verdict, decide
from scores import Score, score_all
from stills import MODELS, SPLITS, Stills, data_path, load
from working_hours import Hour, Tally, tally, watch_hours

from posturecam.config.settings import Settings
from posturecam.posture.learned.decision import LearnedJudge
from posturecam.posture.learned.model import PostureModel
from posturecam.posture.learned.weights import load_model

PARTS = ("errors", "decisions", "hours")


@dataclasses.dataclass(slots=True)
class Findings:
    """All results as records; `hours` only for the plots."""

    scores: list[Score] = dataclasses.field(default_factory=list)
    decisions: list[Decision] = dataclasses.field(default_factory=list)
    verdicts: list[Verdict] = dataclasses.field(default_factory=list)
    tallies: list[Tally] = dataclasses.field(default_factory=list)
    hours: list[Hour] = dataclasses.field(default_factory=list)

    def records(self) -> dict[str, Any]:
        """The results as plain data."""
        kept = ("scores", "decisions", "verdicts", "tallies")
        found = {name: [dataclasses.asdict(row) for row in getattr(self, name)] for name in kept}
        refused = [
            {"group": hour.group, "model": hour.model, "reason": hour.refused} for hour in self.hours if hour.refused
        ]
        return {**found, "refused": refused}


def examine(
    stills: Stills,
    models: Sequence[str],
    settings: Settings,
    hours: float,
    parts: Sequence[str],
    estimator: PostureModel | None,
    as_people_work: bool,
) -> Findings:
    """Run the parts of the benchmark, with the learned estimator next to geometry if one is given."""
    findings, judge = Findings(), None if estimator is None else LearnedJudge(estimator)
    for model in models:
        if "errors" in parts:
            found = [*estimates.ours(stills, model, settings), *popular.angles(stills, model)]
            if estimator is not None:
                found += estimates.learned(stills, model, estimator)
            findings.scores += score_all(stills, model, found)
        if "decisions" in parts:
            decisions, verdicts = decide(stills, model, settings, judge)
            findings.decisions += decisions
            findings.verdicts += verdicts
        if "hours" in parts:
            findings.hours += watch_hours(stills, model, settings, hours, judge, as_people_work)
    findings.tallies = tally(findings.hours)
    return findings


def _report(findings: Findings, summary: Sequence[str]) -> list[str]:
    sections = {
        "errors": ("Errors of the angles", tables.errors(findings.scores, "truth")),
        "changes": ("Errors of the change from the person's own upright", tables.errors(findings.scores, "upright")),
        "reliability": ("Does the reliability given foretell the error?", tables.reliability(findings.scores)),
        "decisions": ("Slouched or not, picture by picture", tables.decisions(findings.decisions)),
        "verdicts": ("What posturecam says of each posture", tables.verdicts(findings.verdicts)),
        "hours": ("Scripted working hours", tables.hours(findings.tallies)),
        "depths": ("Slouches found by depth, and the median time to the alert", tables.depths(findings.tallies)),
    }
    return report.page(summary, sections, sorted({hour.refused for hour in findings.hours if hour.refused}))


def _summary(stills: Stills, path: Path) -> list[str]:
    counts = {
        "stills": len(stills),
        "people": len(set(stills.person)),
        "rooms": len(set(stills.room)),
        "cameras": len(set(stills.camera)),
        "groups": len(stills.groups()),
    }
    return [f"{path.name}: " + ", ".join(f"{count} {what}" for what, count in counts.items()), "", stills.versions]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="test", choices=SPLITS, help="which people (default %(default)s)")
    parser.add_argument("--model", default="both", choices=(*MODELS, "both"), help="pose model (default %(default)s)")
    parser.add_argument(
        "--hours", type=program.above_zero, default=1.0, help="scripted hours of each group (default %(default)s)"
    )
    parser.add_argument(
        "--as-people-work",
        action="store_true",
        help="scripts with tilted lids, chairs moved far, chins dropped in slouches, minutes of leaning and of phone",
    )
    parser.add_argument("--without-face", action="store_true", help="judge as if no face were ever seen")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="which parts (default: all)")
    parser.add_argument("--data", type=program.existing_file, help="another file of stills instead of the split's")
    parser.add_argument("--json", type=program.new_file, metavar="FILE", help="write all figures there too")
    parser.add_argument(
        "--report",
        type=program.new_file,
        metavar="FILE",
        help="write the report there (a whole run on the test people: to benchmarks/results/accuracy.md)",
    )
    parser.add_argument(
        "--plots", type=program.new_folder, metavar="DIR", help="draw the pictures of docs/accuracy.md into this folder"
    )
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    path = arguments.data or data_path(arguments.split)
    stills = load(path)
    stills = stills.without_faces() if arguments.without_face else stills
    settings = Settings()
    started = time.monotonic()
    models = MODELS if arguments.model == "both" else (arguments.model,)
    findings = examine(
        stills, models, settings, arguments.hours, arguments.only, load_model(), arguments.as_people_work
    )
    lines = _report(findings, _summary(stills, path))
    print(*lines, sep="\n")
    whole = (
        arguments.data is None
        and not arguments.without_face
        and not arguments.as_people_work
        and arguments.split == "test"
        and len(models) == len(MODELS)
    )
    where = arguments.report or (
        report.RESULTS / "accuracy.md" if whole and set(arguments.only) == set(PARTS) else None
    )
    if where:
        where.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if arguments.json:
        about = {"split": arguments.split, "file": path.name, "versions": json.loads(stills.versions)}
        arguments.json.write_text(json.dumps({**about, **findings.records()}, indent=1), encoding="utf-8")
    if arguments.plots:
        import plots  # importing matplotlib takes long

        for drawn in plots.draw_all(stills, models, findings.hours, settings, arguments.plots):
            print(f"drawn: {drawn}")
    print(f"{time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    program.run(main)
