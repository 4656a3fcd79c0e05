"""Does a network on face and pose judge better than the explainable judge with frontal cameras? On single checks, hours and real people.

    python benchmarks/learned_front.py                                        # trained on the train people, on the tune people
    python benchmarks/learned_front.py --only looks --copies 9
    python benchmarks/learned_front.py --split test --only hours real --landmarks three_people.npz

It is trained on the `train` people with the disturbances of real desks added (`tools/learn/front_looks.py`), each check
labeled by how far its exact angles are from upright, and put in the explainable judge's place
(`tools/learn/front_network.py`) with the rest of the program unchanged. Everything was chosen on the `tune` people.
docs/accuracy.md has the results.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from unittest import mock

import numpy as np
import program
import real_people
import working_hours
from estimates import LEARNED
from scores import separation
from stills import DATA, MODELS, Floats, Mask, Stills, data_path, load

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from posturecam.config.settings import Settings  # noqa: E402
from posturecam.posture.learned.weights import load_judge  # noqa: E402
from posturecam.vision.head import NoHead  # noqa: E402
from tools.learn.front_looks import FRONT, INPUTS, FrontLooks, look_at, together  # noqa: E402
from tools.learn.front_network import FrontNetwork, NetworkJudge, fit, judging, probability_over, seen_by  # noqa: E402

MODEL = "lite"
SEED = 5
SLOUCHED, UPRIGHT = 8.0, 4.5
"""Degrees above which a check is a slouch, and below which it is not: mild slouches are 9–12, upright but relaxed 6–8,
shrugs 3–5."""
BENT = 20.0
"""Degrees of head pitch from which somebody looks down."""
FOUND = 0.9
PARTS = ("looks", "hours", "real")
EXPLAINED, FACE, FACE_AND_POSE, HALFWAY = "explainable", "face", "face and pose", "halfway"


def judges_of(networks: Mapping[str, FrontNetwork], begins: float) -> dict[str, NetworkJudge | None]:
    """The judges compared: the program as it is, each network in its place, and the mean of both."""
    both = networks[FACE_AND_POSE]
    return {
        EXPLAINED: None,
        FACE: NetworkJudge(networks[FACE], begins, with_pose=False),
        FACE_AND_POSE: NetworkJudge(both, begins, with_pose=True),
        HALFWAY: NetworkJudge(both, begins, with_pose=True, halfway=True),
    }


def cases(looks: FrontLooks) -> Mapping[str, Mask]:
    """The cases reported separately."""
    troubled = looks.copy > 0
    unseen = looks.inputs[:, INPUTS.index("no neck height")] > 0
    return {
        "as they are": ~troubled,
        "with troubles": troubled,
        "camera known to have moved": troubled & (looks.moved == 1),
        "known to have stayed": troubled & (looks.moved == 0),
        "not known": troubled & (looks.moved < 0),
        "shoulders unseen": unseen,
        "looks down": looks.inputs[:, INPUTS.index("bent")] > BENT,
    }


def looks_table(looks: FrontLooks, values_by_judge: Mapping[str, Floats]) -> list[str]:
    """Area under the curve, false positives when 90 % are found, and the share answered, for each judge."""
    slouched, upright = looks.slouch > SLOUCHED, looks.slouch < UPRIGHT
    lines = ["| looks | n | " + " | ".join(values_by_judge) + " |", "|---|---|" + "---|" * len(values_by_judge)]
    for name, here in cases(looks).items():
        cells = []
        for values in values_by_judge.values():
            known = here & np.isfinite(values)
            high, low = values[known & slouched], values[known & upright]
            if not len(high) or not len(low):
                cells.append("–")
                continue
            false = float((low >= np.quantile(high, 1 - FOUND)).mean())
            cells.append(f"{separation(high, low):.3f}; {false:.0%}; {known.sum() / max(here.sum(), 1):.0%}")
        lines.append(f"| {name} | {here.sum()} | {' | '.join(cells)} |")
    return lines


def honesty(looks: FrontLooks, interval: tuple[Floats, Floats, Floats], begins: float) -> str:
    """Coverage of the 90 % intervals, and the actual frequency of slouches at each stated probability."""
    held = (looks.slouch >= interval[1]) & (looks.slouch <= interval[2])
    chance = probability_over(begins, interval)
    bins = []
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 0.9), (0.9, 1.01)):
        here = (chance >= low) & (chance < high)
        if here.any():
            bins.append(
                f"{chance[here].mean():.0%} said, {(looks.slouch[here] > begins).mean():.0%} are ({here.sum()})"
            )
    within = {name: float(held[mask].mean()) for name, mask in cases(looks).items() if mask.any()}
    return (
        f"90 % intervals hold {held.mean():.0%} ("
        + ", ".join(f"{name} {share:.0%}" for name, share in within.items())
        + f"). Probability of more than {begins:g}°: "
        + "; ".join(bins)
    )


def before_faces(stills: Stills) -> Stills:
    """The stills from frontal cameras in groups whose pictures were searched for faces."""
    front = stills.where(np.isin(stills.families(), FRONT))
    looked = front.detections[MODEL].no_head != str(NoHead.NOT_LOOKED)
    return front.where(np.isin(front.group, np.unique(front.group[looked])))


def hours_table(
    stills: Stills, judges: Mapping[str, NetworkJudge | None], hours: float, settings: Settings
) -> list[str]:
    """Slouches found and false alerts in scripted hours, as people work."""
    lines = ["| judge | camera | scene | found | false alerts an hour | unknown |", "|---|---|---|---|---|---|"]
    learned = load_judge(settings)
    for name, judge in judges.items():
        with judging(judge), mock.patch.object(working_hours, "RULES", {}):
            watched = list(working_hours.watch_hours(stills, MODEL, settings, hours, learned, as_people_work=True))
        for one in working_hours.tally(watched):
            if one.depth == working_hours.ALL and one.method in (LEARNED, working_hours.WITH_SCENE):
                scene = "known" if one.method == working_hours.WITH_SCENE else ""
                found = f"{one.found} of {one.slouches}"
                false = f"{one.false_an_hour:.2f} ({one.false_alerts})"
                lines.append(f"| {name} | {one.family} | {scene} | {found} | {false} | {one.unknown:.0%} |")
    return lines


def real_table(file: Path, judges: Mapping[str, NetworkJudge | None], settings: Settings, seeds: int = 3) -> list[str]:
    """Held bursts of real people: a third of their upright pictures as the baseline, and a single burst of them."""
    bursts = real_people.bursts_of_landmarks(real_people.arrays_of(file), MODEL, settings)
    lines = []
    for name, judge in judges.items():
        with judging(judge):
            found = real_people.run(bursts, settings, seeds, ["program"])
        lines += ["", f"{name}:", "", real_people.table(found), "", real_people.wrong(found)]
        lines.append(f"baseline of one burst: {one_burst(bursts, judge, settings)}")
    return lines


def one_burst(bursts: Sequence[real_people.Burst], judge: NetworkJudge | None, settings: Settings) -> str:
    """Bursts detected with only the first, middle or last upright burst as each person's baseline."""
    cells = []
    for which in (0.0, 0.5, 1.0):
        detected = {real_people.SLOUCHED: [0, 0], real_people.UPRIGHT: [0, 0]}
        with judging(judge):
            for person in dict.fromkeys(burst.person for burst in bursts):
                mine = [burst for burst in bursts if burst.person == person]
                uprights = [burst for burst in mine if burst.label == real_people.UPRIGHT]
                base = uprights[round(which * (len(uprights) - 1))]
                judged = real_people.calibrated(base.looks, settings, load_judge(settings), None)
                for burst in mine:
                    if judged is not None and burst is not base:
                        held = real_people.hold(burst, base.looks, judged, settings)
                        detected[burst.label][0] += held.told
                        detected[burst.label][1] += 1
        cells.append(", ".join(f"{label} {a} of {b}" for label, (a, b) in detected.items()))
    return "; ".join(cells)


def main() -> int:
    """Train and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--train", type=program.existing_file, default=DATA / "stills_train.npz", help="stills to learn from"
    )
    parser.add_argument("--split", default="tune", choices=("tune", "test"), help="whom to judge (default %(default)s)")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="by default all; real people only with --landmarks")
    parser.add_argument(
        "--copies",
        type=program.at_least_one,
        default=4,
        help="of each training look with troubles (default %(default)s)",
    )
    parser.add_argument("--hours", type=program.above_zero, default=1.0, help="scripted hours of each group")
    parser.add_argument("--begins", type=program.above_zero, default=3.5, help="degrees from which it is a slouch")
    parser.add_argument(
        "--landmarks", type=program.existing_file, help="a file of landmarks of real people, as real_people.py takes it"
    )
    options = parser.parse_args()
    if "real" in (options.only or ()) and options.landmarks is None:
        parser.error("real people need --landmarks FILE")
    parts = options.only or PARTS
    settings = Settings()
    training = load(options.train)
    learned_from = together([look_at(training, model, settings, options.copies, SEED) for model in MODELS])
    print(
        f"{len(learned_from)} looks at {len(set(learned_from.person))} people in {len(set(learned_from.group))} groups"
    )
    networks = {FACE: fit(learned_from, with_pose=False), FACE_AND_POSE: fit(learned_from, with_pose=True)}
    judges = judges_of(networks, options.begins)
    stills = load(data_path(options.split))
    if "looks" in parts:
        looks = look_at(stills, MODEL, settings, 3, SEED)
        estimates = {name: one(seen_by(looks, name == FACE_AND_POSE)) for name, one in networks.items()}
        table = looks_table(looks, {EXPLAINED: looks.explained, **{name: one[0] for name, one in estimates.items()}})
        print("\n## FrontLooks: area under the curve; false where 90 % are found; answered\n", *table, "", sep="\n")
        print(
            *(f"{name}: {honesty(looks, one, options.begins)}" for name, one in estimates.items()),
            sep="\n\n",
            flush=True,
        )
    if "hours" in parts:
        print(
            "\n## Scripted hours\n",
            *hours_table(before_faces(stills), judges, options.hours, settings),
            sep="\n",
            flush=True,
        )
    if "real" in parts and options.landmarks is not None:
        print("\n## Real people", *real_table(options.landmarks, judges, settings), sep="\n")
    return 0


if __name__ == "__main__":
    program.run(main)
