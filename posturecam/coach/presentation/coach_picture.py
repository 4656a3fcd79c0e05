"""The coach's window, drawn to be read from across the room.

The body with the angle that is judged, a ring that fills with the hold, the remaining repetitions, and one cue in large
letters. No state is shown by color alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.loop import CoachTick
from posturecam.coach.presentation.coach_view import CoachView, Judged, Mood, RepetitionMark
from posturecam.coach.presentation.descriptions import set_lines
from posturecam.coach.session_summary import SessionSummary
from posturecam.config.settings import Settings
from posturecam.drawing.canvas import BOLD, DARK, GRAY, REGULAR, WHITE, Canvas, Color, Stroke, blank, resized
from posturecam.drawing.exercise_poses import has_picture, moves, picture, share_at
from posturecam.i18n.languages import LANGUAGES
from posturecam.i18n.message import Message
from posturecam.i18n.translate import chosen_language, mark, tr
from posturecam.vision.frame import Image
from posturecam.vision.geometry import Point, distance, middle
from posturecam.vision.pose import Landmark, Pose

MOOD_COLORS: Mapping[Mood, Color] = {
    Mood.GUIDE: (86, 180, 233),
    Mood.HOLD: (0, 190, 138),
    Mood.MISTAKE: (240, 150, 40),
    Mood.LOST: (200, 170, 220),
}
"""After Okabe and Ito, whose palette color-blind people can distinguish."""

KEYS = mark("space: pause · m: mute · s: skip · r: repeat · q: end")
WIDTH, HEIGHT = 1280, 720
"""Pixels of the pictures, unless another size is asked for, and of the window that shows them."""
_PANEL: Color = (35, 39, 46)
_TRACK: Color = (70, 76, 86)
PANEL_SHARE = 0.31
"""Fraction of the window's width for the ring and the picture."""
_HEADER_SHARE, _CUE_SHARE = 0.07, 0.235
"""Fractions of the window's height above and below the person, so that nothing hides somebody on the floor."""
_DIMMED = 0.62
"""Remaining brightness of the camera's picture, so that the skeleton stands out."""

_LEFT_BONES = (
    (Landmark.LEFT_EAR, Landmark.LEFT_SHOULDER),
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW),
    (Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST),
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP),
    (Landmark.LEFT_HIP, Landmark.LEFT_KNEE),
    (Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE),
    (Landmark.LEFT_ANKLE, Landmark.LEFT_FOOT_INDEX),
)
_ACROSS = (
    (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER),
    (Landmark.LEFT_HIP, Landmark.RIGHT_HIP),
    (Landmark.LEFT_EAR, Landmark.RIGHT_EAR),
)


def coach_picture(
    tick: CoachTick,
    shown: CoachView,
    settings: Settings,
    width: int = WIDTH,
    height: int = HEIGHT,
    mirrored: bool = False,
) -> Image:
    """The whole window at one moment.

    Args:
        tick: the moment; its picture, if it has one, is dimmed under the skeleton.
        shown: the words and numbers to show.
        settings: the visibility from which a landmark counts as seen.
        width: of the window, pixels.
        height: of the window, pixels.
        mirrored: mirror the person left to right; texts stay readable.
    """
    shown = _in_own_words(shown)
    canvas = blank(width, height)
    left = canvas[:, : width - round(PANEL_SHARE * width)]
    header, footer = round(_HEADER_SHARE * height), height - round(_CUE_SHARE * height)
    body = CoachFigure(Canvas(left[header:footer]), tick, settings, mirrored)
    body.background()
    if tick.pose is not None:
        body.skeleton()
        if shown.judged is not None:
            body.angle(shown.judged, phase_color(shown))
    _header(left[:header], shown)
    _cue(left[footer:], shown)
    moving = shown.demonstrates and moves(tick.exercise.id) and not settings.desktop.reduced_motion
    _panel(canvas[:, left.shape[1] :], shown, tick.exercise.id, share_at(tick.frame.t) if moving else None)
    return canvas


def phase_color(shown: CoachView) -> Color:
    """The color of ring and angle: a mistake is shown by its cue, while the seconds continue to count."""
    return MOOD_COLORS[Mood.HOLD if shown.mood is Mood.MISTAKE else shown.mood]


# The stage: the person.


class CoachFigure:
    """The person, scaled to fill the pen's area."""

    def __init__(self, pen: Canvas, tick: CoachTick, settings: Settings, mirrored: bool) -> None:
        self.pen, self.tick, self.mirrored = pen, tick, mirrored
        self.least = settings.stretch.visibility
        self.height, self.width = pen.height, pen.width
        picture_ = tick.frame.image
        across, down = (
            (tick.pose.width, tick.pose.height)
            if tick.pose is not None
            else (picture_.shape[1], picture_.shape[0])
            if picture_ is not None
            else (self.width, self.height)
        )
        self.scale = min(self.width / across, self.height / down)
        self.origin = np.array([self.width - across * self.scale, self.height - down * self.scale]) / 2
        self.near = tick.near
        self.in_profile = tick.view.is_side

    def background(self) -> None:
        """The camera's picture, dimmed; a plain background if there is none."""
        if self.tick.frame.image is None:
            return
        shown = self.tick.frame.image[:, ::-1] if self.mirrored else self.tick.frame.image
        down, across = shown.shape[:2]
        scale = min(self.width / across, self.height / down)
        scaled = resized(shown, round(across * scale), round(down * scale))
        top, left = (self.height - scaled.shape[0]) // 2, (self.width - scaled.shape[1]) // 2
        area = self.pen.image[top : top + scaled.shape[0], left : left + scaled.shape[1]]
        area[:] = (_DIMMED * scaled).astype(np.uint8)

    def at(self, landmark: Landmark) -> Point | None:
        """The landmark's position in the window, pixels, or None if it is not seen."""
        pose = self.pose
        if not pose.sees(landmark, self.least):
            return None
        x, y = pose.at(landmark) * self.scale + self.origin
        return np.array([self.width - 1 - x if self.mirrored else x, y])

    @property
    def pose(self) -> Pose:
        """The pose, which always exists when the body is drawn."""
        assert self.tick.pose is not None
        return self.tick.pose

    def skeleton(self) -> None:
        """Large bones and joints; the far side of a profile thin and gray."""
        for side in (1 - self.near, self.near):
            faint = self.in_profile and side != self.near
            self._bones([(Landmark(a + side), Landmark(b + side)) for a, b in _LEFT_BONES], faint)
        if not self.in_profile:
            self._bones(_ACROSS[:2], faint=False)
        self._head()

    def _bones(self, bones: Sequence[tuple[Landmark, Landmark]], faint: bool) -> None:
        ends = [(self.at(a), self.at(b)) for a, b in bones]
        seen = [(a, b) for a, b in ends if a is not None and b is not None]
        color, thickness, radius = (GRAY, 2.0, 2.5) if faint else (WHITE, 5.0, 5.0)
        self.pen.strokes([Stroke(a, b, color, thickness) for a, b in seen])
        for joint in (joint for bone in seen for joint in bone):
            self.pen.dot(joint, color, radius)

    def _head(self) -> None:
        """A ring for the head, around the ears and the nose."""
        ears = [self.at(Landmark.LEFT_EAR), self.at(Landmark.RIGHT_EAR)]
        nose = self.at(Landmark.NOSE)
        known = [ear for ear in ears if ear is not None]
        if nose is None or not known:
            return
        center = known[self.near if len(known) == 2 else 0] if self.in_profile else middle(known[0], known[-1])
        center = middle(center, nose) if self.in_profile else center
        radius = max(1.1 * distance(center, nose), 0.8 * distance(known[0], known[-1]), 10 * self.pen.unit)
        self.pen.arc(center, radius, 0, 360, DARK, self.pen.thick(6))
        self.pen.arc(center, radius, 0, 360, WHITE, self.pen.thick(4))

    # The angle that is judged.

    def angle(self, judged: Judged, color: Color) -> None:
        """The angle on the body, with its value, and the target direction as a dashed line."""
        points = self._placed(judged)
        if points is None:
            return
        if len(points) == 3:
            self._joint(points, judged, color)
        else:
            self._line(points, judged, color)

    def _placed(self, judged: Judged) -> list[Point] | None:
        """The points of the joint; if either side would do, those of the side whose value is judged."""
        if judged.name == "head_tilt":
            found = [self.at(Landmark.LEFT_EAR), self.at(Landmark.RIGHT_EAR)]
            return _all(found)
        one = _all([self.at(landmark) for landmark in judged.joint])
        if self.in_profile or len(judged.joint) < 3:
            return one
        step = 1 if judged.joint[0] % 2 else -1  # left landmarks have odd numbers
        other = _all([self.at(Landmark(landmark + step)) for landmark in judged.joint])
        both = [points for points in (one, other) if points is not None]
        return min(both, key=lambda points: abs(_inner(points) - judged.value), default=None)

    def _joint(self, points: Sequence[Point], judged: Judged, color: Color) -> None:
        a, vertex, b = points
        reach = 0.5 * min(distance(a, vertex), distance(b, vertex))
        self.pen.strokes([Stroke(vertex, a, color, 6), Stroke(vertex, b, color, 6)])
        turn_a, turn_b = _direction(vertex, a), _direction(vertex, b)
        inner = _fold(turn_a - turn_b)
        self._arc(vertex, reach, turn_b, turn_b + inner, color)
        if judged.target is not None:
            aim = turn_b + math.copysign(judged.target, inner)
            self._aim(vertex, aim, 1.05 * distance(a, vertex))
        for point in points:
            self.pen.dot(point, WHITE, 6)
        bisector = math.radians(turn_b + inner / 2)
        outside = vertex - 22 * self.pen.unit * np.array([math.cos(bisector), math.sin(bisector)])
        self.pen.label(f"{judged.value:.0f}°", outside, math.cos(bisector) < 0, round(1.7 * self.pen.text_size))

    def _line(self, points: Sequence[Point], judged: Judged, color: Color) -> None:
        low, high = points
        self.pen.strokes([Stroke(low, high, color, 6)])
        if judged.name.endswith("elevation"):
            level = low + np.array([0.8 * distance(low, high) * (1 if high[0] >= low[0] else -1), 0.0])
            self.pen.dashes(low, level, GRAY)
            turn = _direction(low, high)
            self._arc(low, 0.5 * distance(low, high), _direction(low, level), turn, color)
            if judged.target is not None:
                aim = -judged.target if high[0] >= low[0] else 180 + judged.target
                self._aim(low, aim, 1.05 * distance(low, high))
        for point in points:
            self.pen.dot(point, WHITE, 6)
        beside = high if judged.name != "head_tilt" else middle(low, high) - np.array([0.0, 40 * self.pen.unit])
        self.pen.label(f"{judged.value:.0f}°", beside, True, round(1.7 * self.pen.text_size))

    def _arc(self, center: Point, radius: float, begin: float, end: float, color: Color) -> None:
        turns = np.radians(np.linspace(begin, begin + _fold(end - begin), 32))
        path = center + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        self.pen.strokes([Stroke(a, b, color, 3) for a, b in pairwise(path)])

    def _aim(self, center: Point, turn: float, length: float) -> None:
        """The target direction of the moving limb, as a dashed line with a ring at the end."""
        end = center + length * np.array([math.cos(math.radians(turn)), math.sin(math.radians(turn))])
        self.pen.dashes(center, end, WHITE, 2.5)
        self.pen.arc(end, 9 * self.pen.unit, 0, 360, DARK, self.pen.thick(5))
        self.pen.arc(end, 9 * self.pen.unit, 0, 360, WHITE, self.pen.thick(3))


def _all(points: Sequence[Point | None]) -> list[Point] | None:
    known = [point for point in points if point is not None]
    return known if len(known) == len(points) else None


def _direction(start: Point, end: Point) -> float:
    """Direction in the picture, degrees clockwise from the right."""
    return math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))


def _fold(turn: float) -> float:
    return (turn + 180) % 360 - 180


def _inner(points: Sequence[Point]) -> float:
    a, vertex, b = points
    return abs(_fold(_direction(vertex, a) - _direction(vertex, b)))


# The words.


def own_words(text: str) -> str:
    """The text in the user's language if OpenCV's font has its letters: it has only Latin ones."""
    return str(text) if LANGUAGES[chosen_language()].own_letters else tr(text)


def _in_own_words(shown: CoachView) -> CoachView:
    return replace(
        shown,
        title=own_words(shown.title),
        progress=own_words(shown.progress),
        word=own_words(shown.word),
        cue=None if shown.cue is None else own_words(shown.cue),
        below=own_words(shown.below),
        depth=own_words(shown.depth),
        help=own_words(shown.help),
    )


def _header(image: Image, shown: CoachView) -> None:
    """The phase, the repetition, and the depth."""
    pen = Canvas(image)
    image[:] = _PANEL[::-1]
    size, base = round(0.52 * pen.height), round(0.68 * pen.height)
    pad = round(0.5 * pen.height)
    end = pad
    for text, color, weight in (
        (shown.word, phase_color(shown), BOLD),
        (shown.progress, WHITE, REGULAR),
        (own_words(Message("{time} left", time=shown.time_left)) if shown.time_left else "", WHITE, BOLD),
        (own_words(mark("muted")) if shown.muted else "", GRAY, REGULAR),
    ):
        pen.put(text, (end, base), color, size, weight)
        end += pen.text_width(text, size, weight) + pad if text else 0
    if shown.depth:
        lines, small = fitted(pen, shown.depth, pen.width - end - pad, 1, round(0.8 * size))
        if lines[0].endswith("…"):  # too small to be readable would be the same as missing
            return
        pen.put(lines[0], (pen.width - pen.text_width(lines[0], small) - pad, base), GRAY, small)


def _cue(image: Image, shown: CoachView) -> None:
    """The cue in large letters, and the camera placement until it is right."""
    pen = Canvas(image)
    image[:] = DARK[::-1]
    bar = max(round(0.05 * pen.height), 3)
    image[:, :bar] = MOOD_COLORS[shown.mood][::-1]
    left, room = 3 * bar, pen.width - 5 * bar
    share = 0.52 if shown.help else 1.0
    words, large = shown.cue or shown.word, round((0.3 if shown.help else 0.37) * pen.height)
    lines, large = fitted(pen, words, room, 1 if shown.help else 2, large, BOLD)
    if shown.help and lines[-1].endswith("…"):
        lines, large = fitted(pen, words, room, 2, round(0.2 * pen.height), BOLD)
    step = round(1.22 * large)
    top = round((share * pen.height - step * len(lines)) / 2)
    for index, line in enumerate(lines):
        color = WHITE if shown.cue else phase_color(shown)
        pen.put(line, (left, top + round(0.9 * large) + step * index), color, large, BOLD)
    if shown.help:
        help_, small = fitted(pen, shown.help, room, 2, round(0.17 * pen.height))
        for index, line in enumerate(help_):
            base = round(0.66 * pen.height) + round(1.35 * small) * index
            pen.put(line, (left, base), GRAY, small)


def fitted(pen: Canvas, text: str, width: int, most: int, size: int, weight: int = REGULAR) -> tuple[list[str], int]:
    """The text in at most `most` lines, smaller if necessary, down to half the size; and the resulting size."""
    for tried in range(size, max(size // 2, 9), -1):
        lines = pen.wrapped(text, width, most, tried, weight)
        if not any(line.endswith("…") for line in lines) or text.endswith("…"):
            return lines, tried
    return pen.wrapped(text, width, most, max(size // 2, 9), weight), max(size // 2, 9)


# The panel: ring, repetitions, picture.


def _panel(image: Image, shown: CoachView, exercise: str, share: float | None) -> None:
    color = phase_color(shown)
    image[:] = _PANEL[::-1]
    pen = Canvas(image)
    pad = round(0.028 * pen.height)
    lines, size = fitted(pen, shown.title, pen.width - 2 * pad, 2, round(0.047 * pen.height), BOLD)
    for index, line in enumerate(lines):
        pen.put(line, (pad, pad + size + round(1.25 * size) * index), WHITE, size, BOLD)
    top = pad + round(1.25 * size) * len(lines) + pad
    small = round(0.026 * pen.height)
    keys, small = fitted(pen, own_words(KEYS), pen.width - 2 * pad, 1, small)
    bottom = pen.height - pad // 2 - round(1.6 * small)
    pen.put(keys[0], (pad, pen.height - pad // 2 - small // 3), GRAY, small)
    if shown.up_next and shown.time_left:
        words = own_words(Message("Next: {title}", title=shown.up_next))
        lines, size = fitted(pen, words, pen.width - 2 * pad, 1, round(0.03 * pen.height))
        pen.put(lines[0], (pad, bottom - round(0.3 * size)), GRAY, size)
        bottom -= round(1.6 * size)
    if shown.phase in (CoachPhase.LEAD_IN, CoachPhase.SETUP, CoachPhase.START):
        _show_picture(image, exercise, pad, top, pen.width - pad, bottom - pad - round(0.05 * pen.height), share)
        if shown.phase is CoachPhase.LEAD_IN:
            words, size = f"{shown.number} {shown.below}", round(0.033 * pen.height)
            pen.put(words, (round((pen.width - pen.text_width(words, size)) / 2), bottom - pad // 2), WHITE, size)
            return
        _dots(pen, shown.dots, bottom - round(0.03 * pen.height), color)
        return
    radius = min(0.36 * pen.width, 0.2 * pen.height)
    center = np.array([pen.width / 2, top + 1.12 * radius])
    _ring(pen, shown, center, radius, color)
    dots = round(center[1] + 1.45 * radius)
    _dots(pen, shown.dots, dots, color)
    _show_picture(image, exercise, pad, dots + round(0.05 * pen.height), pen.width - pad, bottom - pad // 2, share)


def _ring(pen: Canvas, shown: CoachView, center: Point, radius: float, color: Color) -> None:
    """Fills clockwise from the top: solid for seconds seen, thin for unseen ones."""
    thick = max(round(0.16 * radius), 3)
    pen.arc(center, radius, 0, 360, _TRACK, thick)
    if shown.unseen > 0:
        pen.arc(center, radius, -90, -90 + 360 * min(shown.seen + shown.unseen, 1), GRAY, max(thick // 3, 2))
    if shown.seen > 0:
        pen.arc(center, radius, -90, -90 + 360 * shown.seen, color, thick)
    if shown.number:
        size = round(0.95 * radius)
        width = pen.text_width(shown.number, size, BOLD)
        pen.put(shown.number, (round(center[0] - width / 2), round(center[1] + 0.28 * size)), WHITE, size, BOLD)
    if shown.below:
        lines, size = fitted(pen, shown.below, round(1.3 * radius), 1, round(0.2 * radius))
        width = pen.text_width(lines[0], size)
        pen.put(lines[0], (round(center[0] - width / 2), round(center[1] + 0.62 * radius)), GRAY, size)


def _dots(pen: Canvas, dots: Sequence[RepetitionMark], y: int, color: Color) -> None:
    """A disc for each repetition counted, a ring for each to come, and a thick ring for the current one."""
    step = min(0.055 * pen.height, 0.9 * pen.width / max(len(dots), 1))
    radius = 0.32 * step
    left = (pen.width - step * (len(dots) - 1)) / 2
    for index, dot in enumerate(dots):
        at = np.array([left + step * index, float(y)])
        if dot is RepetitionMark.COUNTED:
            pen.disc(at, radius, color)
        else:
            now = dot is RepetitionMark.NOW
            pen.arc(at, radius, 0, 360, WHITE if now else _TRACK, max(round((0.4 if now else 0.2) * radius), 1))


@lru_cache(maxsize=64)
def _picture(exercise: str, width: int, height: int, share: float | None) -> Image:
    return picture(exercise, width, height, _PANEL, share)


def _show_picture(
    image: Image, exercise: str, left: int, top: int, right: int, bottom: int, share: float | None
) -> None:
    width, height = right - left, min(bottom - top, round(1.1 * (right - left)))
    if has_picture(exercise) and width > 40 and height > 40:
        image[bottom - height : bottom, left:right] = _picture(exercise, width, height, share)


# The summary.


def summary_picture(summary: SessionSummary, notes: Sequence[str] = ()) -> Image:
    """The card at the end: what was done, what to fix next time, and where it was saved."""
    width, height = WIDTH, HEIGHT
    canvas = blank(width, height, _PANEL)
    pen = Canvas(canvas)
    pad, size = round(0.06 * height), round(0.08 * height)
    pen.put(
        own_words(mark("Well done") if summary.done else mark("Session over")), (pad, pad + size), WHITE, size, BOLD
    )
    small, bottom = round(0.032 * height), height - pad
    for text in reversed([line for note in notes for line in pen.wrapped(note, width - 2 * pad, 3, small)]):
        pen.put(text, (pad, bottom), GRAY, small)
        bottom -= round(1.4 * small)
    if summary.to_fix:
        lines, large = fitted(pen, own_words(summary.to_fix), width - 2 * pad, 2, round(0.058 * height), BOLD)
        for text in reversed(lines):
            pen.put(text, (pad, bottom - round(0.3 * large)), MOOD_COLORS[Mood.MISTAKE], large, BOLD)
            bottom -= round(1.25 * large)
        pen.put(own_words(mark("Next time")), (pad, bottom - round(0.4 * large)), GRAY, round(0.75 * large))
        bottom -= round(1.6 * large)
    _sets(pen, summary, pad, pad + round(1.6 * size), bottom)
    return canvas


def _sets(pen: Canvas, summary: SessionSummary, left: int, top: int, bottom: int) -> None:
    """What was done, as large as it fits; several exercises are described more briefly than one."""
    sets = [(own_words(one.exercise.title), [own_words(line) for line in set_lines(one)]) for one in summary.sets]
    needed = sum(1.6 + 1.3 * len(lines) for _, lines in sets)
    if (bottom - top) / needed < 0.022 * pen.height:
        sets = [(f"{title}: {lines[0]}", []) for title, lines in sets]
        needed = 1.6 * len(sets)
    row = max(min(round(0.044 * pen.height), int((bottom - top) / needed)), 9)
    room, y = pen.width - 2 * left, top
    for title, lines in sets:
        text, size = fitted(pen, title, room, 1, round(1.1 * row), BOLD)
        pen.put(text[0], (left, y + row), WHITE, size, BOLD)
        y += round(1.6 * row)
        for line in lines:
            text, size = fitted(pen, line, room - row, 1, row)
            pen.put(text[0], (left + row, y + round(0.8 * row)), GRAY, size)
            y += round(1.3 * row)
