"""The results of a repetition, an exercise and a session: counted leniently and graded strictly, separately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from posturecam.coach.exercise import Depth, Exercise, FaultKind, Side
from posturecam.i18n.message import Message
from posturecam.i18n.words import EXPLAINED, HEADED, mark
from posturecam.posture.view import View


@dataclass(frozen=True, slots=True)
class DepthKey:
    """What a depth may be compared with: the same exercise and variant, the same side, seen from the same view."""

    exercise: str
    """`Exercise.key`."""
    side: Side | None
    view: View


@dataclass(frozen=True, slots=True)
class PastDepth:
    """The history of a depth, in the unit of the exercise's depth."""

    best: float
    week_ago: float | None = None
    """The best until a week ago; None if there is nothing that old."""
    course: tuple[float, ...] = ()
    """The best of each recent session, oldest first."""
    frozen: bool = False
    """Whether pain rose after a recent session: no further targets until it has subsided."""
    reach: float | None = None
    """The farthest down the leg that the fingertips were kept, as in `RepResult.reach`; None if never."""


class Lacking(StrEnum):
    """Why a repetition was not counted."""

    LEFT_EARLY = "left_early"
    UNSEEN = "unseen"
    """The user was asked to come back, because the camera could not see them for too long."""
    ENDED_EARLY = "ended_early"
    RELEASE_UNSEEN = "release_unseen"
    BY_TIME = "by_time"
    """It was timed, so nothing could judge it."""

    @property
    def spoken(self) -> str:
        """The reason as used in a sentence."""
        return {
            Lacking.LEFT_EARLY: mark("you left the pose before time was up"),
            Lacking.UNSEEN: mark("the camera lost sight of you"),
            Lacking.ENDED_EARLY: mark("it ended before time was up"),
            Lacking.RELEASE_UNSEEN: mark("the camera did not see you come out of the pose"),
            Lacking.BY_TIME: mark("timed, not judged"),
        }[self]

    @property
    def advice(self) -> str | None:
        """What to do next time; None if there is nothing to do.

        Nothing if the exercise was ended early: by the user, by a break that moved on, or because the computer went to sleep.
        """
        return {
            Lacking.LEFT_EARLY: mark("Stay in the pose until time is up"),
            Lacking.UNSEEN: mark("Let the camera see you for the whole hold"),
            Lacking.RELEASE_UNSEEN: mark("Come out of the pose in view of the camera, so that it counts"),
        }.get(self)


@dataclass(frozen=True, slots=True)
class RepResult:
    """One repetition, whole or partial."""

    rep: int
    """1 is the first of its side."""
    side: Side | None
    view: View
    t: float
    """When its hold began, seconds on the source's clock."""
    seen: float
    """Seconds in the pose that were seen."""
    unseen: float
    """Seconds in between that were not seen, but taken to be in the same pose."""
    counted: bool
    """Leniently: the hold was reached relative to the user's own start, and released."""
    depth: float | None
    """The best that was kept for half a second; None if the exercise has no depth or it was not seen."""
    level: int | None
    """Strictly: levels of the standard reached; None if the exercise has none."""
    faults: tuple[str, ...] = ()
    """Ids of the faults that lasted, in order of appearance."""
    pieces: int = 1
    """Attempts it took; 1 is held in one go."""
    lacking: Lacking | None = None
    """Why it was not counted."""
    uncertainty: float | None = None
    """Degrees by which the depth may be wrong because the camera was off the exact side view; None if it was not."""
    reach: float | None = None
    """How far down the leg the fingertips were kept: 1 is the knee, 2 the ankle; None if the exercise does not report
    it."""

    @property
    def done(self) -> bool:
        """Whether it is over and will not be repeated: counted, or timed to its end."""
        return self.counted or self.lacking is Lacking.BY_TIME

    @property
    def clean(self) -> bool:
        """Strictly: held in one go, seen throughout, without a fault."""
        return self.counted and not self.faults and self.pieces == 1 and self.unseen == 0


def depth_of(results: tuple[RepResult, ...], depth: Depth | None) -> float | None:
    """The deepest of some repetitions."""
    best = None
    for result in results:
        best = depth.better_of(best, result.depth) if depth else None
    return best


def target(depth: Depth, past: PastDepth | None) -> float | None:
    """The personal target: one step beyond the user's best, and at most one step beyond that of a week ago; None without a history."""
    if past is None:
        return None
    if past.frozen:
        return past.best
    aim = depth.further(past.best, depth.step)
    if past.week_ago is None:
        return aim
    allowed = depth.further(past.week_ago, depth.step)
    aim = allowed if depth.is_better(aim, allowed) else aim
    return depth.better_of(aim, past.best)


@dataclass(frozen=True, slots=True)
class SetSummary:
    """One exercise of a session."""

    exercise: Exercise
    results: tuple[RepResult, ...]
    """All repetitions, partial ones too, in order."""
    past: Mapping[DepthKey, PastDepth] = field(default_factory=dict)
    """Earlier depths, from before this session."""
    ended_early: bool = False
    skipped: bool = False
    not_begun: str | None = None
    """What to do next time if it ended before any pose was seen, for people; None if one was seen, or it ended too soon."""

    @property
    def counted(self) -> int:
        """Repetitions counted."""
        return sum(result.counted for result in self.results)

    @property
    def done(self) -> int:
        """Repetitions that are over and will not be repeated."""
        return sum(result.done for result in self.results)

    @property
    def timed(self) -> int:
        """Repetitions that were timed, and not judged."""
        return sum(result.lacking is Lacking.BY_TIME for result in self.results)

    @property
    def is_only_timed(self) -> bool:
        """Whether only the clock led through it: the camera counted no repetition."""
        return self.exercise.is_timed or bool(self.timed and not self.counted)

    @property
    def clean(self) -> int:
        """Number of repetitions without a mistake."""
        return sum(result.clean for result in self.results)

    @property
    def interrupted(self) -> int:
        """Number of repetitions counted that were left for a moment."""
        return sum(result.counted and result.pieces > 1 for result in self.results)

    @property
    def partly_unseen(self) -> int:
        """Number of repetitions counted of which some seconds were not seen; none if it is only timed."""
        return 0 if self.exercise.is_timed else sum(result.counted and result.unseen > 0 for result in self.results)

    @property
    def seen(self) -> float:
        """Seconds held and seen, including partial repetitions."""
        return sum(result.seen for result in self.results)

    @property
    def unseen(self) -> float:
        """Seconds held and not seen that should have been seen."""
        return 0.0 if self.exercise.is_timed else sum(result.unseen for result in self.results)

    @property
    def best(self) -> float | None:
        """The best depth of all sides."""
        return depth_of(self.results, self.exercise.depth)

    @property
    def bests(self) -> Mapping[DepthKey, float]:
        """The best depth of each side and view, for saving and comparing."""
        found: dict[DepthKey, float] = {}
        depth = self.exercise.depth
        for result in self.results:
            if depth is None or result.depth is None:
                continue
            key = DepthKey(self.exercise.key, result.side, result.view)
            best = depth.better_of(found.get(key), result.depth)
            assert best is not None
            found[key] = best
        return found

    @property
    def courses(self) -> Mapping[DepthKey, tuple[float, ...]]:
        """The best of each recent session, ending with this one."""
        return {key: (*(self.past[key].course if key in self.past else ()), now) for key, now in self.bests.items()}

    @property
    def reach(self) -> float | None:
        """The farthest down the leg that the fingertips were kept: 1 is the knee, 2 the ankle."""
        return max((one.reach for one in self.results if one.reach is not None), default=None)

    @property
    def earlier_reach(self) -> float | None:
        """The same for earlier sessions, from the same views."""
        known = [self.past[key].reach for key in self.bests if key in self.past]
        return max((one for one in known if one is not None), default=None)

    @property
    def gains(self) -> Mapping[DepthKey, float]:
        """How much deeper than ever before, if there is an earlier depth: positive is deeper, in the depth's unit."""
        depth = self.exercise.depth
        if depth is None:
            return {}
        sign = -1 if depth.better == "lower" else 1
        return {key: sign * (now - self.past[key].best) for key, now in self.bests.items() if key in self.past}

    def best_ever(self, key: DepthKey) -> float:
        """The best depth of a side and view in this and all earlier sessions; this session must have one."""
        now, past, depth = self.bests[key], self.past.get(key), self.exercise.depth
        ever = now if past is None or depth is None else depth.better_of(now, past.best)
        assert ever is not None
        return ever

    @property
    def to_fix(self) -> str | None:
        """The one thing to fix next time, for people: what to do, and what it is about; None if there is nothing.

        Safety first, then the most frequent fault, then what kept repetitions from being counted, then what kept them
        from being clean.
        """
        often = Counter(fault for result in self.results for fault in result.faults)
        known = [fault for fault in self.exercise.faults if often[fault.id]]
        if known:
            worst = min(known, key=lambda fault: (fault.kind is not FaultKind.SAFETY, -often[fault.id], fault.priority))
            return Message.joined(EXPLAINED, (worst.cue, worst.text))
        advice = (result.lacking.advice for result in self.results if not result.done and result.lacking is not None)
        lacking = Counter(one for one in advice if one is not None)
        if lacking:
            return lacking.most_common(1)[0][0]
        if self.interrupted:
            return mark("Hold the pose in one go")
        if self.partly_unseen:
            return mark("Let the camera see you for the whole hold")
        return self.not_begun


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """Everything that was done."""

    sets: tuple[SetSummary, ...]

    @property
    def counted(self) -> int:
        """Repetitions counted."""
        return sum(one.counted for one in self.sets)

    @property
    def done(self) -> int:
        """Repetitions that are over and will not be requested again, judged or timed."""
        return sum(one.done for one in self.sets)

    @property
    def seen(self) -> float:
        """Seconds held and seen."""
        return sum(one.seen for one in self.sets)

    @property
    def unseen(self) -> float:
        """Seconds held and not seen."""
        return sum(one.unseen for one in self.sets)

    @property
    def worst(self) -> SetSummary | None:
        """The exercise with the largest share of imperfect repetitions; None if there is none."""
        wanting = [one for one in self.sets if one.to_fix is not None]
        return max(wanting, key=lambda one: 1 - one.clean / max(len(one.results), 1), default=None)

    @property
    def to_fix(self) -> str | None:
        """The one thing to fix next time: that of the worst exercise."""
        worst = self.worst
        if worst is None:
            return None
        assert worst.to_fix is not None
        return worst.to_fix if len(self.sets) == 1 else Message.joined(HEADED, (worst.exercise.title, worst.to_fix))
