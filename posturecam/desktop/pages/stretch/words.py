"""The texts of the coach's pages in the user's language, made from exercises, ticks and summaries."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from posturecam.coach.exercise import Exercise, Facing, FaultKind, FormFault, Trust
from posturecam.coach.presentation.coach_view import ONLY_TIMED
from posturecam.coach.presentation.descriptions import (
    counted_text,
    depth_text,
    is_told,
    not_clean_texts,
    reach_against,
    side_text,
    timed_text,
)
from posturecam.coach.session_summary import SetSummary
from posturecam.coach.stretch_measures import MEASURES
from posturecam.desktop.widgets.parts import begun_large
from posturecam.i18n.translate import joined, mark, quantity, tr, trn
from posturecam.i18n.words import CLAUSES, EXPLAINED, HEADED
from posturecam.session.protocol.messages import Coaching

CAMERA: Mapping[Facing, str] = {
    Facing.SIDE: mark("Camera at your side"),
    Facing.FRONT: mark("Camera in front of you"),
    Facing.FRONT_OBLIQUE: mark("Camera in front of you"),
    Facing.ANYWHERE: mark("The camera does not matter"),
}
TRUST: Mapping[Trust, str] = {
    Trust.HIGH: mark("The camera judges this well."),
    Trust.MEDIUM: mark("The camera judges this roughly."),
    Trust.LOW: mark("Guided and timed; a camera cannot judge much of it."),
    Trust.TIME: ONLY_TIMED,
}
NOT_ADVICE = mark("Not medical advice.")


@dataclass(frozen=True, slots=True)
class StretchChoice:
    """A routine, or one exercise alone."""

    id: str
    title: str
    why: str
    exercises: tuple[Exercise, ...]
    minutes: float
    """About how long it takes."""
    is_routine: bool
    is_break: bool = False
    """Whether it is picked anew each time, and keeps its time: a break at the desk."""

    @property
    def on_floor(self) -> bool:
        """Whether any of it is done on the floor."""
        return any(one.position == "floor" for one in self.exercises)


def alone(exercise: Exercise) -> StretchChoice:
    """One exercise as a choice; its time is that of its holds and rests."""
    dose = exercise.dose
    lasting = exercise.holds * (dose.hold + dose.rest) / 60
    return StretchChoice(exercise.id, exercise.title, exercise.why, (exercise,), lasting, False)


def minutes_text(minutes: float) -> str:
    """For example "about 3 minutes"."""
    return trn("about {number} minute", "about {number} minutes", max(math.ceil(minutes - 0.25), 1))


def seconds_words(value: float) -> str:
    """Seconds as people read them: "15 s", in German "6,4 s"."""
    return quantity(value, "s", 0 if abs(value - round(value)) < 0.05 else 1)


# While it runs.


def unseen_words(coaching: Coaching) -> str:
    """For example "12 s seen, 3 s not seen": the ring's two parts in words, once about a second is unseen."""
    state = coaching.tick.state
    unseen = round(state.unseen + state.pending)
    if coaching.shown.unseen <= 0 or not unseen or coaching.shown.by_time:
        return ""
    return tr("{seen} seen, {unseen} not seen").format(
        seen=seconds_words(round(state.seen)), unseen=seconds_words(unseen)
    )


def time_words(coaching: Coaching) -> str:
    """For example "2:10 left"; empty outside a break."""
    left = coaching.shown.time_left
    return tr("{time} left").format(time=left) if left else ""


def depth_parts(coaching: Coaching) -> list[tuple[str, str]]:
    """The depth now, of this hold and the aim, each with its name; empty where there is none."""
    state, depth = coaching.tick.state, coaching.tick.exercise.depth
    if not coaching.shown.depth or depth is None:
        return []
    unit = MEASURES[depth.measure].unit
    told = ((tr("now"), state.depth_now), (tr("this hold"), state.depth_best), (tr("target"), state.target))
    return [(name, tr(depth_text(depth.told(value), unit))) for name, value in told if value is not None]


# Afterwards.


def done_words(one: SetSummary) -> list[str]:
    """Repetitions and seconds of one exercise; what was counted is kept apart from how it was graded."""
    if one.skipped and not one.results:
        return [tr("Skipped.")]
    if one.is_only_timed:
        return [tr(timed_text(one))]
    lines = [tr(counted_text(one))]
    held = tr("{seen} held and seen").format(seen=seconds_words(round(one.seen)))  # as in the totals above
    if unseen := round(one.unseen):
        held += " · " + tr("{unseen} held but not seen").format(unseen=seconds_words(unseen))
    lines.append(held)
    if one.skipped:
        lines.append(tr("Skipped before its end."))
    elif one.ended_early:
        lines.append(tr("Ended early. What you did is saved."))
    return lines


def strict_words(one: SetSummary) -> str:
    """The strict grade: repetitions without a mistake, and the level of the standard; empty where nothing counted."""
    if not one.counted or one.exercise.is_timed:
        return ""
    clean = tr("{clean} of {counted} without a mistake").format(clean=one.clean, counted=one.counted)
    clean = " · ".join([clean, *map(tr, not_clean_texts(one))])
    depth, best = one.exercise.depth, one.best
    if depth is None or not depth.levels or best is None:
        return clean
    level = tr("depth level {level} of {all}").format(level=depth.level(best), all=len(depth.levels))
    return f"{clean} · {level}"


def personal_words(one: SetSummary) -> list[str]:
    """The best depth of each side and view against the user's own history."""
    depth = one.exercise.depth
    if depth is None:
        return []
    unit = MEASURES[depth.measure].unit
    told = []
    for key, best in one.bests.items():
        side = [tr(side_text(one.exercise, key.side))] if key.side else []
        gain, past = one.gains.get(key), one.past.get(key)
        if gain is None or past is None:
            against = tr("the first from this view")
        elif is_told(gain, unit):
            against = tr("{gain} further than ever before").format(gain=tr(depth_text(gain, unit)))
        else:
            against = tr("best so far {best}").format(best=tr(depth_text(depth.told(one.best_ever(key)), unit)))
        reached = tr("best depth {depth}").format(depth=tr(depth_text(depth.told(best), unit)))
        told.append(joined(HEADED, [*side, joined(CLAUSES, (reached, against))]))
    if one.reach is not None:
        told.append(tr(reach_against(one.reach, one.earlier_reach)))
    return [begun_large(words) for words in told]


def faults_of(one: SetSummary) -> list[tuple[FormFault, int]]:
    """The mistakes that lasted and in how many repetitions, what matters most first."""
    often = Counter(fault for result in one.results for fault in result.faults)
    known = [(fault, often[fault.id]) for fault in one.exercise.faults if often[fault.id]]
    return sorted(known, key=lambda pair: (pair[0].kind is not FaultKind.SAFETY, -pair[1], pair[0].priority))


def _in_repetitions(number: int) -> str:
    return trn("in {number} repetition", "in {number} repetitions", number)


def fault_words(one: SetSummary) -> list[str]:
    """Each mistake in kind words: what to do, and where that came from."""
    return [
        joined(EXPLAINED, (tr(fault.cue), joined(CLAUSES, (tr(fault.text), _in_repetitions(often)))))
        for fault, often in faults_of(one)
    ]


def not_judged_words(one: SetSummary) -> list[str]:
    """What was not counted or could not be judged, and why."""
    lines = []
    for reason, often in Counter(rep.lacking for rep in one.results if rep.lacking and not rep.done).items():
        lines.append(
            trn("{number} repetition was not counted: ", "{number} repetitions were not counted: ", often)
            + (tr(reason.spoken) if reason else "")
        )
    unknown = sum(result.depth is None for result in one.results if not result.done or result.counted)
    if one.exercise.depth is not None and unknown:
        lines.append(
            trn(
                "The depth of {number} repetition is unknown: it was not seen clearly for long enough.",
                "The depth of {number} repetitions is unknown: it was not seen clearly for long enough.",
                unknown,
            )
        )
    if one.results:
        lines.append(tr(one.exercise.trust.cannot))
    return lines


def is_held_back(sets: Sequence[SetSummary]) -> bool:
    """Whether the targets stay unchanged because of more pain recently."""
    return any(past.frozen for one in sets for past in one.past.values())
