"""The state of the coach between two checks; immutable plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from posturecam.coach.exercise import Side
from posturecam.coach.judging.conditions import FaultWatch, Sample
from posturecam.coach.pose_geometry import Reference
from posturecam.coach.session_summary import DepthKey, PastDepth, RepResult, SetSummary
from posturecam.posture.view import View
from posturecam.vision.pose import Pose


class CoachPhase(StrEnum):
    """The phases of an exercise."""

    LEAD_IN = "lead_in"
    """Being announced, in a break at the desk."""
    SETUP = "setup"
    """View and framing are being corrected."""
    COUNT_IN = "count_in"
    START = "start"
    """Waiting for the start pose, which becomes the personal baseline."""
    ENTERING = "entering"
    HOLDING = "holding"
    RELEASE = "release"
    """The hold is full; waiting for its release."""
    REST = "rest"
    SWITCH = "switch"
    """A rest before the other side."""
    PAUSED = "paused"
    """Paused by the user."""
    DONE = "done"


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """The start pose: the personal baseline of one exercise."""

    view: View
    near_left: bool
    reference: Reference
    values: Mapping[Side, Mapping[str, float]]
    """Median of each known measure, for each working side; empty if no start pose was taken."""
    off_side: float | None = None
    """How far the camera is off the exact side view, degrees; None from the front, or if unknown."""
    taken: bool = True
    """Whether the start pose was held for this; otherwise the user was in the pose at once, and only lengths and sides
    come from it."""
    after_turn: bool = False
    """Whether it was taken because the user had turned since the one before: they may have been in the pose by then."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The current repetition, over all its attempts."""

    began: float | None = None
    seen: float = 0.0
    """Seconds seen."""
    unseen: float = 0.0
    """Seconds unseen, but accepted."""
    pieces: int = 0
    depth: float | None = None
    """The best depth that was kept."""
    reach: float | None = None
    """The same for the reach, if the exercise reports it."""
    faults: tuple[str, ...] = ()
    spoken: int = 0
    """The last whole second counted."""
    set_back: float = 0.0
    """Seconds that have to be held again, because the pose was left shortly before the hold was full."""
    deeper_told: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in the pose."""

    since: float
    before: Hold
    """The hold to return to if this turns out not to be an attempt."""
    wobble: float = 0.0
    """Seconds out of the pose, too few to matter, which count once the user is back in it."""
    out_for: float = 0.0
    paused: bool = False
    still: bool = False
    """Whether the pose was still when it was lost."""
    pending: float = 0.0
    """Unseen seconds that are accepted once the same pose or its release is seen."""
    full_told: bool = False
    """Whether the user was told that no more unseen seconds count."""
    longest_blind: float = 0.0
    unlike_start: bool = False
    """Whether the pose was seen to differ from the start pose, so that the start pose shows that the hold is over."""
    nobody_for: float = 0.0
    """Seconds of the current loss in which nobody was in the picture at all."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What would help the set-up, for how long that has been the case, and when it was last said."""

    text: str | None = None
    lasted: float = 0.0
    said: float | None = None
    waited: float = 0.0
    """Seconds of set-up problems, of whatever kind, since one was last said."""
    tried: float = 0.0
    """Seconds of such problems, or outside the pose that is awaited, while somebody was there."""


@dataclass(frozen=True, eq=False)  # without slots, so that all fields can be copied at once, which is much faster
class CoachState:
    """One exercise in progress; begin with `coach.begin()`."""

    t: float | None = None
    phase: CoachPhase = CoachPhase.SETUP
    phase_since: float = 0.0
    before_pause: CoachPhase | None = None
    paused_into: float = 0.0
    """How long the interrupted phase had lasted, seconds."""
    view: View = View.UNKNOWN
    side: Side | None = None
    """The working side; None if both work together."""
    rep: int = 1
    """Number of the repetition on this side, from 1."""
    start: Start | None = None
    earlier: Start | None = None
    """The start pose from before the user left the picture, which may serve again."""
    noted: Start | None = None
    """The start pose last seen at rest during the setup, the count-in or the announcement."""
    hold: Hold = Hold()
    other_hold: Hold = Hold()
    """What was held of a repetition with the other side, which goes on once the user does that side again."""
    visit: Visit | None = None
    met_since: float | None = None
    """Since when the awaited conditions have held."""
    straight_since: float | None = None
    """Since when the pose itself has been there, while the start pose is awaited."""
    straight_other: bool = False
    """Whether that is the pose of the other side."""
    other_since: float | None = None
    """Since when they have held for the other side."""
    turned_since: float | None = None
    """Since when the start pose has been seen with the other side to the camera."""
    other_told: float | None = None
    """When the user was last told to switch after all."""
    start_looks: tuple[Pose, ...] = ()
    straight_looks: tuple[Pose, ...] = ()
    """Poses during that time."""
    learning_since: float | None = None
    """Since when a start pose has shown between two holds."""
    samples: tuple[Sample, ...] = ()
    watches: Mapping[str, FaultWatch] = field(default_factory=dict)
    upright_off_side: float | None = None
    """How far past the exact side the camera looked when the trunk was last upright, degrees; None if it never was."""
    blind_for: float = 0.0
    """Seconds for which required parts have not been seen."""
    lost_told: bool = False
    hint: Hint = Hint()
    hinted: Mapping[str, float] = field(default_factory=dict)
    """When each hint about the setup and the start pose was last said."""
    counted_in: int | None = None
    depth_now: float | None = None
    """The current depth, in the unit of the exercise's depth."""
    came_to: float | None = None
    """The shallowest depth since a repetition was counted while the user was still within the pose; None once they left it or
    went back in."""
    target: float | None = None
    """The personal target of this side and view."""
    results: tuple[RepResult, ...] = ()
    past: Mapping[DepthKey, PastDepth] = field(default_factory=dict)
    pain: bool = False
    """Pain was reported: nothing encourages going deeper."""
    lead_in: float = 0.0
    """Seconds for which it is announced; 0 outside a break at the desk."""
    title_seconds: float = 0.0
    """The part of these in which its title is said."""
    instructed: bool = False
    """Whether the instructions were given."""
    by_time: bool = False
    """Whether it is timed, because the camera cannot judge it."""
    away: bool = False
    """Whether it is paused because nobody is there."""
    summary: SetSummary | None = None
    """Set once the exercise is done."""

    @property
    def seen(self) -> float:
        """Seconds of the current hold that were seen."""
        return self.hold.seen

    @property
    def unseen(self) -> float:
        """Seconds of the current hold that were not seen, but accepted."""
        return self.hold.unseen

    @property
    def pending(self) -> float:
        """Unseen seconds that are not accepted yet."""
        return 0.0 if self.visit is None else self.visit.pending

    @property
    def held(self) -> float:
        """The seconds to count and show: seen, unseen and pending, less those that have to be held again."""
        return self.seen + self.unseen + self.pending - self.hold.set_back

    @property
    def depth_best(self) -> float | None:
        """The best depth kept in the current hold."""
        return self.hold.depth

    @property
    def faults(self) -> tuple[str, ...]:
        """Ids of the current faults that have lasted."""
        return tuple(name for name, watch in self.watches.items() if watch.told)

    @property
    def counted(self) -> int:
        """Repetitions counted, of both sides."""
        return sum(result.counted for result in self.results)


INTERRUPTED: Mapping[str, Any] = dict.fromkeys(
    ("met_since", "straight_since", "other_since", "turned_since", "learning_since")
) | dict.fromkeys(("samples", "start_looks", "straight_looks"), ())
"""The changes to a state after a time that counts for nothing, as while paused or asleep: what has to last starts over."""
