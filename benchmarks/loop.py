"""What the loop costs: processor time and memory compared with MediaPipe alone, share of a core, and delay of alerts.

`benchmarks/README.md` says what the figures mean. Exits with 1 if an aim is missed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cost
import delay
import memory
import program
import share

from posturecam.config.settings import Settings

_CLIPS = [Path(__file__).parents[1] / "sample_videos" / name for name in ("desk_front.mp4", "desk_side.mp4")]
_PHASES = 200
"""Number of moments within the pause between two checks at which a slouch begins."""


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One benchmark: its figures as records, the same as lines for people, and whether its aim is met (None: no aim)."""

    records: list[dict[str, Any]]
    lines: list[str]
    met: bool | None = None


def cost_part(arguments: argparse.Namespace, settings: Settings) -> Part:
    rows = [row for clip in arguments.video for row in cost.compare(clip, settings, arguments.repeat)]
    lines = [f"{'ms of processor time a frame':46} ours   bare   ratio (lowest–highest)"]
    lines += [
        f"{f'{row.clip}, {row.what}':46} {row.ours_ms:5.2f}  {row.bare_ms:5.2f}   {row.ratio:.3f} ({row.lowest:.3f}–{row.highest:.3f})"
        for row in rows
    ]
    return Part(_records(rows), lines, all(row.ratio <= cost.AIM for row in rows))


def memory_part(arguments: argparse.Namespace, settings: Settings) -> Part:
    rows = [memory.weigh(who, arguments.video[0], settings.estimator.model) for who in ("ours", "bare")]
    lines = [f"{'resident MB':10} imported  created  peak  at end"]
    lines += [f"{row.who:10} {row.imported:8.0f}  {row.created:7.0f}  {row.peak:4.0f}  {row.end:6.0f}" for row in rows]
    return Part(_records(rows), lines)


def share_part(arguments: argparse.Namespace, settings: Settings) -> Part:
    ours = share.watch_steady(arguments.video[0], settings, arguments.seconds)
    others = [
        dataclasses.replace(share.watch_steady(arguments.video[0], other, arguments.seconds)[-1], what=what)
        for what, other in share.without_face(settings).items()
    ]
    rows = [*ours, *others, share.watch_bare(arguments.video[0], settings.estimator.model, arguments.seconds)]
    lines = [f"{'% of one core':24}  all   grab  convert  estimate  rest  looks/s"]
    lines += [_share_line(row) for row in rows]
    lines += [f"{ours[-1].share / row.share:.2f} times {row.what}" for row in others]
    lines += [f"{row.what}: looks in phase {row.phases}" for row in ours]
    records = [{**record, "share": row.share} for record, row in zip(_records(rows), rows, strict=True)]
    cheap = all(ours[-1].share <= share.FACE_AIM * row.share for row in others)
    return Part(records, lines, ours[-1].share <= share.AIM and cheap)


def _share_line(row: share.Spent) -> str:
    def percent(seconds: float) -> float:
        return 100 * seconds / row.wall

    return (
        f"{row.what:24} {percent(row.process):5.2f}  {percent(row.grab):4.2f}  {percent(row.retrieve):7.2f}  "
        f"{percent(row.estimate):8.2f}  {percent(row.rest):4.2f}  {row.looks / row.wall:7.2f}"
    )


def delay_part(arguments: argparse.Namespace, settings: Settings) -> Part:
    del arguments  # the stories are those of the sample clips
    rows = delay.delays(_CLIPS, settings, _PHASES)
    lines = [f"{'seconds from onset to alert':28} at 30 looks/s   extra: worst   mean  least   looks/s"]
    lines += [
        f"{row.story:28} {row.fast:14.1f}  {row.worst:13.2f}  {row.mean:5.2f}  {row.least:5.2f}  {row.looks:8.2f}"
        for row in rows
    ]
    return Part(_records(rows), lines, all(row.worst <= delay.AIM for row in rows))


_PARTS: dict[str, tuple[str, Callable[[argparse.Namespace, Settings], Part]]] = {
    "cost": (f"Processor time against MediaPipe alone; aim: ratio at most {cost.AIM:.2f}", cost_part),
    "memory": ("Memory", memory_part),
    "share": (
        f"Share of one core, steady scene at 30 fps; aim: at most {share.AIM:.0%}, and {share.FACE_AIM:g} times that without the face",
        share_part,
    ),
    "delay": (f"Delay that the pace adds to an alert; aim: at most {delay.AIM:g} s", delay_part),
}


def _records(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(row) for row in rows]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--video",
        type=program.existing_file,
        nargs="+",
        default=_CLIPS,
        help="clips that begin with 6 s of sitting upright; memory and share use the first, delay the sample clips",
    )
    parser.add_argument("--model", default="lite", choices=("lite", "full", "heavy"))
    parser.add_argument(
        "--repeat", type=program.at_least_one, default=3, help="turns that count, for cost (default %(default)s)"
    )
    parser.add_argument(
        "--seconds", type=program.above_zero, default=60.0, help="length of the steady scene (default %(default)s)"
    )
    parser.add_argument("--only", nargs="+", choices=_PARTS, default=list(_PARTS), help="which benchmarks")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    settings = Settings.model_validate({"estimator": {"model": arguments.model}})
    found: dict[str, Part] = {}
    for name in arguments.only:
        title, benchmark = _PARTS[name]
        found[name] = part = benchmark(arguments, settings)
        if not arguments.json:
            verdict = "" if part.met is None else ": met" if part.met else ": MISSED"
            print(f"{title}{verdict}", *part.lines, "", sep="\n", flush=True)
    if arguments.json:
        print(json.dumps({name: {"met": part.met, "rows": part.records} for name, part in found.items()}, indent=2))
    return 1 if any(part.met is False for part in found.values()) else 0


if __name__ == "__main__":
    program.run(main)
