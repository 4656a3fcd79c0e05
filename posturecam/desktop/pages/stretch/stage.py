"""One moment of a stretch session, painted to be read from across the room.

The person with the angle that is judged, a ring that fills with the hold, the repetitions left, and one cue in large letters.
No state is shown by color alone: each has its word, and unseen seconds are a thinner ring with its own words.
"""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.presentation.coach_view import CoachView, RepetitionMark
from posturecam.coach.session_summary import SetSummary
from posturecam.config.settings import Settings
from posturecam.desktop.pages.stretch.person import MOODS, color_of, draw_person, rounded
from posturecam.desktop.pages.stretch.pose_widget import draw_pose, mixed
from posturecam.desktop.pages.stretch.words import (
    depth_parts,
    is_held_back,
    time_words,
    unseen_words,
)
from posturecam.desktop.widgets.confirm import announce
from posturecam.desktop.widgets.parts import begun_large
from posturecam.desktop.widgets.qt_canvas import QtCanvas, fitted, write
from posturecam.desktop.widgets.theme import DARK, GAP, ROUND, Theme, current, enlarged
from posturecam.drawing.exercise_poses import has_picture, moves, share_at
from posturecam.i18n.translate import joined, tr
from posturecam.i18n.words import CLAUSES, SHORT_SENTENCES
from posturecam.session.protocol.messages import Coaching
from posturecam.system import less_motion

_PANEL_SHARE, _CUE_SHARE, _HEADER_SHARE = 0.31, 0.2, 0.075
"""Fractions of the width for ring and picture, and of the height for the cue and the line above the person."""
_SMALLEST = 0.68
"""How much the line above the person may shrink before the depth is shortened."""
_MOVES_EVERY = 50
"""Milliseconds between two frames of a movement, which takes two seconds and is calm."""
NOTE_MILLISECONDS = 12_000
"""How long a problem stays on screen: twice the time to read two sentences; the summary repeats it."""
_NARROWEST_PANEL = 130
"""Width of the panel in a narrow window, device-independent pixels: enough for the longest words of the titles."""
_CAPTION = 11
"""Least size of the ring's caption below the ring, pixels: the smallest legible at a desk."""
_LOWEST_POSE = 32
"""Least space below the ring for drawing the pose there, pixels: a smaller one cannot be made out."""
_HIGHEST_CUE = 0.4
"""Largest fraction of the height for the cue, however large the text is."""
_CENTER = Qt.AlignmentFlag.AlignHCenter


class StageWidget(QWidget):
    """Shows the last moment passed to `show_moment`; before the first, a quiet line."""

    def __init__(self) -> None:
        super().__init__()
        self._coaching: Coaching | None = None
        self._settings = Settings()
        self._waiting = ""
        self._note = ""
        self._note_ends = QTimer(self, singleShot=True)
        self._note_ends.timeout.connect(self._end_note)
        self._moving = QTimer(self, interval=_MOVES_EVERY)
        self._moving.timeout.connect(self.update)
        self._begun = QElapsedTimer()
        self.setMinimumSize(320, 210)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Current stretch"))

    @property
    def coaching(self) -> Coaching | None:
        """The moment shown."""
        return self._coaching

    def sizeHint(self) -> QSize:
        """No more than it needs; it takes all the room that is left."""
        return QSize(380, 210)

    def wait(self, text: str) -> None:
        """Show this while there is nothing to see yet."""
        self._coaching, self._waiting, self._note = None, text, ""
        self._moving.stop()
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            announce(self, text)
        self.update()

    def show_note(self, text: str) -> None:
        """Show a problem in small print under the person, long enough to read it."""
        self._note = text
        self._note_ends.start(NOTE_MILLISECONDS)
        announce(self, text)
        self.update()

    def _end_note(self) -> None:
        self._note = ""
        self.update()

    def show_moment(self, coaching: Coaching, settings: Settings) -> None:
        """Show this moment; announce a new cue to screen readers."""
        before = self._coaching.shown.cue if self._coaching is not None else None
        self._coaching, self._settings = coaching, settings
        self._set_moving(coaching, settings)
        cue = coaching.shown.cue
        self.setAccessibleDescription(spoken(coaching))
        if cue and cue != before and (coaching.shown.muted or not settings.voice.speech):
            announce(self, tr(cue))
        self.update()

    def _set_moving(self, coaching: Coaching, settings: Settings) -> None:
        """Show the movement while it is to be learned or followed, unless motion is reduced."""
        moving = coaching.shown.demonstrates and moves(coaching.tick.exercise.id) and not less_motion(settings.desktop)
        if moving and not self._moving.isActive():
            self._begun.start()
            self._moving.start()
        elif not moving:
            self._moving.stop()

    @property
    def share(self) -> float | None:
        """How far the demonstration is on its way into the pose; None if the pose stands still."""
        return share_at(self._begun.elapsed() / 1000) if self._moving.isActive() else None

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the movement when nobody sees it."""
        super().hideEvent(event)
        self._moving.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Everything, sized by the widget."""
        painter, theme = QPainter(self), current()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), theme.color("ground"))
        if self._coaching is None:
            self._paint_waiting(painter, theme)
        else:
            self._paint_moment(painter, theme, self._coaching)
        painter.end()

    def _paint_waiting(self, painter: QPainter, theme: Theme) -> None:
        size = min(max(0.045 * self.height(), 18), 40)
        area = QRectF(0.1 * self.width(), 0.44 * self.height(), 0.8 * self.width(), 0.3 * self.height())
        end = write(painter, area, self._waiting, theme.color("text"), size, 600, 2, _CENTER)
        if self._note:
            area.setTop(end + GAP)
            write(painter, area, self._note, theme.color("quiet"), 0.6 * size, 400, 3, _CENTER)

    def _paint_moment(self, painter: QPainter, theme: Theme, coaching: Coaching) -> None:
        width, height = float(self.width()), float(self.height())
        shown = coaching.shown
        color = color_of(shown, theme)
        panel = round(min(max(_PANEL_SHARE * width, min(_NARROWEST_PANEL, 0.35 * width)), 0.62 * height))
        left = width - panel - GAP
        header, cue = max(_HEADER_SHARE * height, enlarged(30)), max(_CUE_SHARE * height, enlarged(84))
        header, cue = round(header), round(min(cue, _HIGHEST_CUE * height))
        person = QRectF(0, header, left, height - header - cue - GAP)
        _header(painter, QRectF(0, 0, left, header), coaching, theme, color)
        draw_person(painter, person, coaching, self._settings)
        without_camera = coaching.tick.frame.image is None and coaching.tick.pose is None
        if without_camera:  # there is only the movement to see
            inner = person.adjusted(GAP, GAP, -GAP, -GAP - _note_height(person))
            draw_pose(painter, inner, coaching.tick.exercise.id, DARK, DARK.color("surface"), self.share)
        problem = coaching.tick.frame.problem
        if problem or self._note:
            _note(painter, person, begun_large(tr(problem)) if problem else self._note)
        _cue(painter, QRectF(0, height - cue, left, cue), shown, theme)
        _panel(painter, QRectF(width - panel, 0, panel, height), coaching, theme, color, self.share)


def spoken(coaching: Coaching) -> str:
    """The moment in one sentence, for a screen reader."""
    shown = coaching.shown
    number = f"{shown.number} {tr(shown.below)}" if shown.number else ""
    depth = joined(CLAUSES, [f"{name} {value}" for name, value in depth_parts(coaching)])
    parts = [tr(shown.title), tr(shown.word), tr(shown.cue or ""), number, unseen_words(coaching)]
    parts += [tr(shown.progress), time_words(coaching), depth, tr(shown.help), tr("Muted") if shown.muted else ""]
    parts.append(tr(coaching.tick.frame.problem or ""))
    return joined(SHORT_SENTENCES, [part.strip().rstrip(".。") for part in parts if part])


# The words.


def _note_height(person: QRectF) -> float:
    return 3.4 * min(max(0.035 * person.height(), 13), 22)


def _note(painter: QPainter, person: QRectF, text: str) -> None:
    high = _note_height(person)
    size = high / 3.4
    strip = QRectF(person.left(), person.bottom() - high, person.width(), high)
    below = QPainterPath()
    below.addRect(strip)
    painter.fillPath(rounded(person).intersected(below), DARK.color("ground", 0.85))
    write(painter, strip.adjusted(GAP, 0.4 * size, -GAP, 0), text, DARK.color("text"), size, 400, 2)


def _header(painter: QPainter, area: QRectF, coaching: Coaching, theme: Theme, color: QColor) -> None:
    """The phase, the repetition, the muted sign, and the depth at the right."""
    shown, size = coaching.shown, 0.5 * area.height()
    line = QRectF(area.left() + 4, area.top() + 0.18 * area.height(), area.width() - 8, area.height())
    words = [(tr(shown.word), color, 700), (tr(shown.progress), theme.color("text"), 400)]
    if shown.time_left:
        words.append((time_words(coaching), theme.color("text"), 700))
    if shown.muted:
        words.append((tr("muted"), theme.color("quiet"), 400))
    pen = QtCanvas(painter, area.width(), area.height())

    def needed(told: str) -> float:
        parts = [(text, weight) for text, _, weight in words] + [(told, 400)]
        return sum(pen.text_width(text, round(size), weight) + 2 + 0.9 * size for text, weight in parts)

    depths = _depths(coaching)
    told = next((one for one in depths if needed(one) * _SMALLEST <= line.width()), "")
    size *= min(1.0, line.width() / max(needed(told), 1))
    x = line.left()
    for index, (text, ink, weight) in enumerate(words):
        if shown.muted and index == len(words) - 1:
            _muted_sign(painter, QPointF(x, line.top() + 0.62 * size), size, ink)
            x += 1.2 * size
        width = pen.text_width(text, round(size), weight) + 2
        write(painter, QRectF(x, line.top(), width + size, line.height()), text, ink, size, weight)
        x += width + 0.9 * size
    rest = QRectF(x, line.top(), line.right() - x, line.height())
    write(painter, rest, told, theme.color("quiet"), size, 400, 1, Qt.AlignmentFlag.AlignRight)


def _depths(coaching: Coaching) -> list[str]:
    """Texts about the depth, from the longest to empty, so that the longest readable one can be chosen."""
    parts = [f"{name} {value}" for name, value in depth_parts(coaching)]
    return [tr("Depth: {values}").format(values=" · ".join(parts[:most])) for most in range(len(parts), 0, -1)]


def _muted_sign(painter: QPainter, middle: QPointF, size: float, color: QColor) -> None:
    """A loudspeaker, crossed out."""
    painter.save()
    painter.translate(middle)
    painter.scale(size / 20, size / 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    shape = [(0, -3), (4, -3), (9, -8), (9, 8), (4, 3), (0, 3)]
    painter.drawPolygon([QPointF(x, y) for x, y in shape])
    painter.setPen(QPen(color, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(12.5, -4), QPointF(19, 4))
    painter.drawLine(QPointF(12.5, 4), QPointF(19, -4))
    painter.restore()


def _cue(painter: QPainter, area: QRectF, shown: CoachView, theme: Theme) -> None:
    """The cue in large letters, and the camera placement until it is right."""
    mood = theme.sign(MOODS[shown.mood])
    painter.setPen(QPen(theme.color("line"), 1))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), ROUND, ROUND)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mood)
    painter.drawRoundedRect(QRectF(area.left(), area.top(), 7, area.height()), 3.5, 3.5)
    inner = area.adjusted(24, 6, -16, -6)
    words = tr(shown.cue or shown.word)
    ink = theme.color("text") if shown.cue else color_of(shown, theme)
    if not shown.help:
        size = 0.42 * area.height()
        most = _fewest_lines(painter, inner, words, size, 2)  # an announcement is longer than a cue
        _middle(painter, inner, words, ink, size, most)
        return
    upper = QRectF(inner.left(), inner.top(), inner.width(), 0.52 * inner.height())
    _middle(painter, upper, words, ink, 0.36 * area.height(), _fewest_lines(painter, upper, words, 24, 1))
    lower = QRectF(inner.left(), upper.bottom() + 2, inner.width(), inner.bottom() - upper.bottom() - 2)
    help_, highest = tr(shown.help), min(0.17 * area.height(), 30)
    sizes = {most: min(highest, lower.height() / (1.25 * most)) for most in (2, 3, 4)}

    def fits(most: int) -> tuple[bool, int]:
        lines, chosen = _fit(painter, lower, help_, sizes[most], 400, most)
        return not _is_cut_off(lines), chosen

    most = max(sizes, key=fits)
    write(painter, lower, help_, theme.color("quiet"), sizes[most], 400, most)


def _middle(painter: QPainter, area: QRectF, text: str, ink: QColor, size: float, most: int) -> None:
    """Like `write`, in bold, and vertically centered in the area."""
    lines, chosen = _fit(painter, area, text, size, 700, most)
    high = 1.25 * chosen * len(lines)
    while (high > area.height() or _is_cut_off(lines)) and size > 12:
        size *= 0.92
        lines, chosen = _fit(painter, area, text, size, 700, most)
        high = 1.25 * chosen * len(lines)
    write(painter, area.adjusted(0, (area.height() - high) / 2, 0, 0), text, ink, size, 700, most)


def _fewest_lines(painter: QPainter, area: QRectF, text: str, size: float, first: int) -> int:
    """The fewest lines, from `first` on and at most four, in which a bold text is not cut off."""
    whole = (most for most in range(first, 4) if not _is_cut_off(_fit(painter, area, text, size, 700, most)[0]))
    return next(whole, 4)


def _is_cut_off(lines: tuple[str, ...]) -> bool:
    return any(line.endswith("…") for line in lines)


def _fit(
    painter: QPainter, area: QRectF, text: str, size: float, weight: int, most: int
) -> tuple[tuple[str, ...], int]:
    return fitted(text, painter.font().toString(), int(area.width()), most, round(size), weight)


# The panel: title, ring, repetitions, picture.


def _panel(
    painter: QPainter, area: QRectF, coaching: Coaching, theme: Theme, color: QColor, share: float | None
) -> None:
    shown, exercise = coaching.shown, coaching.tick.exercise
    surface = theme.color("surface")
    painter.setPen(QPen(theme.color("line"), 1))
    painter.setBrush(surface)
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), ROUND, ROUND)
    pad = max(0.03 * area.height(), 12)
    side = min(pad, max(0.05 * area.width(), 6))  # a narrow window needs the width for long words
    inner = area.adjusted(side, 0.7 * pad, -side, -0.7 * pad)
    size = min(max(0.045 * area.height(), 17), 0.09 * area.width())
    title = tr(shown.title)
    most = _fewest_lines(painter, inner, title, size, 2)
    top = write(painter, inner, title, theme.color("text"), size, 700, most) + 0.6 * pad
    step = 0.05 * area.height()
    small, quiet = max(0.6 * step, enlarged(_CAPTION)), theme.color("quiet")
    if shown.up_next and shown.time_left:
        told = tr("Next: {title}").format(title=tr(shown.up_next))
        lines, chosen = _fit(painter, inner, told, small, 400, 2)
        line = inner.adjusted(0, inner.height() - 1.25 * chosen * len(lines), 0, 0)
        write(painter, line, told, quiet, small, 400, 2)
        inner.setBottom(line.top() - 0.3 * step)
    if shown.phase is CoachPhase.LEAD_IN and has_picture(exercise.id):
        _coming_up(painter, QRectF(inner.left(), top, inner.width(), inner.bottom() - top), coaching, theme, share)
        return
    if shown.phase in (CoachPhase.SETUP, CoachPhase.START) and has_picture(exercise.id):
        pose = QRectF(inner.left(), top, inner.width(), inner.bottom() - top - 1.6 * step)
        draw_pose(painter, pose, exercise.id, theme, surface, share)
        _dots(
            painter,
            shown.dots,
            QPointF(area.center().x(), inner.bottom() - 0.6 * step),
            inner.width(),
            step,
            theme,
            color,
        )
        return
    radius = min(0.38 * area.width(), 0.19 * area.height())
    center = QPointF(area.center().x(), top + 1.12 * radius)
    caption = tr(shown.below)
    _ring(painter, shown, center, radius, theme, color)
    y = center.y() + 1.3 * radius
    if not _write_in_ring(painter, caption, center, radius, theme):  # a small window, or a language with long words
        line = QRectF(inner.left(), center.y() + 1.15 * radius, inner.width(), step)
        y = write(painter, line, caption, quiet, small, 400, 1, _CENTER)
    words = unseen_words(coaching) or (_frozen_words(coaching) if shown.phase is not CoachPhase.DONE else "")
    y = write(painter, QRectF(inner.left(), y, inner.width(), step), words, quiet, small, 400, 2, _CENTER)
    y = max(y, center.y() + 1.3 * radius + 0.75 * step) + 0.7 * step
    _dots(painter, shown.dots, QPointF(area.center().x(), y), inner.width(), step, theme, color)
    pose = QRectF(inner.left(), y + step, inner.width(), inner.bottom() - y - step)
    if pose.height() >= _LOWEST_POSE:
        draw_pose(painter, pose, exercise.id, theme, surface, share)


def _coming_up(painter: QPainter, area: QRectF, coaching: Coaching, theme: Theme, share: float | None) -> None:
    """The movement, large, and below it the time left to get ready."""
    shown, step = coaching.shown, 0.085 * area.height()
    told, least = f"{shown.number} {tr(shown.below)}", round(enlarged(_CAPTION))
    lines, size = fitted(told, painter.font().toString(), int(area.width()), 2, round(0.75 * step), 600, least)
    pose = area.adjusted(0, 0, 0, -max(2.6 * step, 1.25 * size * len(lines) + 0.4 * step))  # large text needs more
    draw_pose(painter, pose, coaching.tick.exercise.id, theme, theme.color("surface"), share)
    line = QRectF(area.left(), pose.bottom() + 0.4 * step, area.width(), 2.2 * step)
    write(painter, line, told, theme.color("text"), 0.75 * step, 600, 2, _CENTER, least)


def _frozen_words(coaching: Coaching) -> str:
    state = coaching.tick.state
    told = SetSummary(coaching.tick.exercise, state.results, state.past)
    return tr("Target unchanged: more pain recently") if is_held_back([told]) and state.target is not None else ""


def _ring(painter: QPainter, shown: CoachView, center: QPointF, radius: float, theme: Theme, color: QColor) -> None:
    """Fills clockwise from the top: solid for seconds seen, thin for unseen ones."""
    thick = max(0.15 * radius, 4.0)
    box = QRectF(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius)

    def arc(begin: float, share: float, ink: QColor, width: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(box, round(16 * (90 - 360 * begin)), round(-16 * 360 * min(share, 1.0)))

    arc(0, 1, mixed(theme.color("quiet"), theme.color("surface"), 0.22), thick)
    if shown.unseen > 0:
        arc(shown.seen, shown.unseen, theme.color("quiet"), thick / 3)
    if shown.seen > 0:
        arc(0, shown.seen, color, thick)
    if shown.number:
        size = 0.92 * radius
        line = QRectF(center.x() - radius, center.y() - 0.72 * size, 2 * radius, size)
        write(painter, line, shown.number, theme.color("text"), size, 700, 1, _CENTER)


def _write_in_ring(painter: QPainter, caption: str, center: QPointF, radius: float, theme: Theme) -> bool:
    """Write the caption under the number, inside the ring; returns False, with nothing written, if it would be cut off there."""
    area = QRectF(center.x() - 0.68 * radius, center.y() + 0.42 * radius, 1.36 * radius, radius)
    size = 0.2 * radius
    lines, chosen = _fit(painter, area, caption, size, 400, 1)
    if chosen < enlarged(_CAPTION) - 2 or lines != (caption,):  # it would be too small to read, or cut off
        return not caption
    write(painter, area, caption, theme.color("quiet"), size, 400, 1, _CENTER)
    return True


def _dots(
    painter: QPainter,
    dots: tuple[RepetitionMark, ...],
    middle: QPointF,
    room: float,
    step: float,
    theme: Theme,
    color: QColor,
) -> None:
    """A disc for each repetition counted, a thick ring for this one, and a thin one for each to come."""
    step = min(step, 0.95 * room / max(len(dots), 1))
    radius, x = 0.32 * step, middle.x() - step * (len(dots) - 1) / 2
    for index, dot in enumerate(dots):
        at = QPointF(x + step * index, middle.y())
        painter.setBrush(color if dot is RepetitionMark.COUNTED else Qt.BrushStyle.NoBrush)
        ink = {
            RepetitionMark.COUNTED: color,
            RepetitionMark.NOW: theme.color("text"),
            RepetitionMark.OPEN: theme.color("quiet"),
        }[dot]
        painter.setPen(QPen(ink, 0.45 * radius if dot is RepetitionMark.NOW else max(0.16 * radius, 1)))
        painter.drawEllipse(at, radius, radius)
