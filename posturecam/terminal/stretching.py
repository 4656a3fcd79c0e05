"""What the terminal shows of a stretch session: a live view where there is a terminal, plain lines where there is none, or JSON."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol, Self

from rich.align import Align
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from posturecam.coach import events as on
from posturecam.coach.breaks.choice import LENGTHS
from posturecam.coach.exercise import Exercise, Facing, Trust
from posturecam.coach.loop import CoachTick
from posturecam.coach.presentation.coach_view import CoachView, Mood, RepetitionMark, why_by_time
from posturecam.coach.presentation.descriptions import TRUST_WORDS, dose_text, rep_line, set_lines, side_text
from posturecam.coach.presentation.session_record import session_record, tick_record
from posturecam.coach.routine import Routine
from posturecam.coach.session_summary import SessionSummary
from posturecam.drawing.exercise_poses import has_picture, picture
from posturecam.i18n.message import Message
from posturecam.i18n.translate import joined, mark, own_number, tr
from posturecam.i18n.words import FULL_STOP, HEADED, SHORT_SENTENCES, STATEMENTS, THINGS
from posturecam.terminal.fitting import Framed, WidestThatFits
from posturecam.terminal.suspending import cursor_back_while_suspended, redo_in_foreground
from posturecam.terminal.watching import file_time
from posturecam.vision.frame import Image

_STYLES: Mapping[Mood, str] = {
    Mood.GUIDE: "bright_cyan",
    Mood.HOLD: "bright_green",
    Mood.MISTAKE: "bright_yellow",
    Mood.LOST: "bright_magenta",
}
_SIGNS: Mapping[Mood, str] = {Mood.GUIDE: "▸", Mood.HOLD: "●", Mood.MISTAKE: "▲", Mood.LOST: "?"}
"""The sign alone is enough without the color."""
_DOTS: Mapping[RepetitionMark, str] = {RepetitionMark.COUNTED: "●", RepetitionMark.NOW: "◉", RepetitionMark.OPEN: "○"}
_KEYS = mark("space pause · m mute · s skip · r repeat · q end · no picture is kept, nothing leaves this computer")
_ANGLES: Mapping[str, str] = {
    "hip_angle": mark("hip angle"),
    "knee_angle": mark("knee angle"),
    "elbow_angle": mark("elbow angle"),
    "arm_trunk": mark("arm against trunk"),
    "ear_shoulder_hip": mark("ear, shoulder, hip"),
    "trunk_elevation": mark("slope of the trunk"),
    "thigh_elevation": mark("slope of the thigh"),
    "trunk_back": mark("trunk leaning back"),
    "head_tilt": mark("head tilt"),
    "arms_trunk_least": mark("lower arm against trunk"),
    "arms_trunk_most": mark("higher arm against trunk"),
    "elbows_least": mark("more bent elbow"),
    "elbows_most": mark("straighter elbow"),
}
"""The measures that are shown as an angle, in words."""
_BARS = (44, 33, 22, 11)
"""Columns of the bar, from which the terminal's width picks one."""


def panel(shown: CoachView, notes: Sequence[str] = (), name: str = "") -> RenderableType:
    """The whole live view of one moment."""
    style = _STYLES[shown.mood]
    head = Text.assemble(
        (f"{_SIGNS[shown.mood]} {tr(shown.word).upper()}", f"bold {style}"), f"   {tr(shown.progress)}   "
    )
    head.append("".join(f"{_DOTS[dot]} " for dot in shown.dots), style=style)
    if shown.time_left:
        head.append("  " + tr("{time} left").format(time=shown.time_left), style="bold")
    if shown.muted:
        head.append(f"  {tr('muted')}", style="dim")
    parts: list[RenderableType] = [head, Text(), Text(tr(shown.cue or ""), style=f"bold {style}")]
    if shown.help:
        parts.append(Text(tr(shown.help), style="dim"))
    parts += [Text(), _bar(shown, style)]
    told = [tr(shown.depth)]
    if shown.judged is not None:
        what = tr(_ANGLES.get(shown.judged.name, shown.judged.name.replace("_", " ")))
        angle = f"{what} {shown.judged.value:.0f}°"
        if shown.judged.target is not None:
            angle = tr("{name} {angle}, to {aim}").format(
                name=what, angle=f"{shown.judged.value:.0f}°", aim=f"{shown.judged.target:.0f}°"
            )
        told.append(angle)
    parts.append(Text("   ".join(text for text in told if text), style="dim"))
    if shown.up_next:
        parts.append(Text(tr("Next: {title}").format(title=tr(shown.up_next)), style="dim"))
    if notes:
        parts += [Text(), *(Text(note) for note in notes[-4:])]
    title = f"{tr(shown.title)} · {name}" if name else tr(shown.title)
    return Framed([Padding(Group(*parts), (0, 2))], title, tr(_KEYS))


def _bar(shown: CoachView, style: str) -> RenderableType:
    """The number in large figures, and the hold or the rest as a bar: solid for what was seen, shaded for what was not."""
    if not shown.below:
        return _large(shown.number, style)
    bars = (_bar_of(shown, style, width) for width in _BARS)
    return Group(_large(shown.number, style), Text(), WidestThatFits(*bars))


def _bar_of(shown: CoachView, style: str, width: int) -> Text:
    seen = round(width * shown.seen)
    unseen = min(round(width * (shown.seen + shown.unseen)), width) - seen
    bar = Text.assemble(("█" * seen, style), ("▒" * unseen, "white"), ("░" * (width - seen - unseen), "dim"))
    return bar.append(f"  {shown.number} {tr(shown.below)}", style="bold")


_FIGURES = {
    "0": "███ █ █ █ █ █ █ ███",
    "1": " █  ██   █   █  ███",
    "2": "███   █ ███ █   ███",
    "3": "███   █ ███   █ ███",
    "4": "█ █ █ █ ███   █   █",
    "5": "███ █   ███   █ ███",
    "6": "███ █   ███ █ █ ███",
    "7": "███   █  █   █   █ ",
    "8": "███ █ █ ███ █ █ ███",
    "9": "███ █ █ ███   █ ███",
}
"""Five rows of three cells each, separated by a space."""


def _large(number: str, style: str) -> Text:
    """A number to be read from the floor: each cell two characters wide."""
    rows = []
    for row in range(5):
        cells = [_FIGURES[figure][4 * row : 4 * row + 3].ljust(3) for figure in number if figure in _FIGURES]
        rows.append("  ".join("".join(2 * cell for cell in figure) for figure in cells))
    return Text("\n".join(rows) if number else "", style=style)


def event_lines(tick: CoachTick) -> list[str]:
    """The events of a tick that deserve a line of their own."""
    return [tr(line) for line in map(partial(_line, tick), tick.events) if line is not None]


def _line(tick: CoachTick, event: on.Event) -> str | None:
    match event:
        case on.ExerciseStarted():
            return tick.exercise.title
        case on.LedByTime():
            return why_by_time(tick)
        case on.SetupHint(text=text):
            return Message("setup: {hint}", hint=text)
        case on.PoseAwaited(text=text):
            return Message("waiting for the pose: {hint}", hint=text)
        case on.Ready() if tick.exercise.is_timed:
            return None  # no pose was looked at; the side is announced by itself
        case on.Ready(view=view, side=side):
            seen = Message("start pose recognized, seen from {view}", view=view.spoken)
            return seen if side is None else Message.joined(HEADED, (side_text(tick.exercise, side), seen))
        case on.Entered(rep=rep, seconds=before) if before >= 1:
            return Message("rep {number}: in the pose, {before:.0f} s held before", number=rep, before=before)
        case on.Entered(rep=rep):
            return Message("rep {number}: in the pose", number=rep)
        case on.HoldReached(rep=rep):
            return Message("rep {number}: hold complete", number=rep)
        case on.FaultSeen(fault=fault):
            texts = {one.id: one.text for one in tick.exercise.faults}
            return Message("mistake: {fault}", fault=texts.get(fault, fault))
        case on.RepCounted(result=result) | on.RepPartial(result=result) | on.RepTimed(result=result):
            return rep_line(tick.exercise, result)
        case on.SwitchSide(side=side, reminder=True):
            return Message("that was the other side; do the {side} now", side=side_text(tick.exercise, side))
        case on.SwitchSide(side=side):
            return Message("now the {side}", side=side_text(tick.exercise, side))
        case on.Lost(reason=reason):
            return Message("no clear view: {why}", why=reason.text)
        case on.Found(after=after):
            return Message("seen again after {number:.1f} s", number=after)
        case on.PausedByUser(away=True):
            return mark("nobody is there: paused")
        case on.PausedByUser():
            return mark("paused")
        case on.ResumedByUser():
            return mark("resumed")
        case _:
            return None


_WORTH_A_NOTE = (on.RepCounted, on.RepPartial, on.RepTimed, on.Entered, on.HoldReached, on.Lost, on.FaultSeen)
"""Events that stay for a while below the live view."""


class CoachDisplay(Protocol):
    """Something that shows a session."""

    def show(self, tick: CoachTick, shown: CoachView) -> None:
        """Show one moment."""

    def note(self, text: str) -> None:
        """Show a line for the user, such as that there is no voice."""

    def finish(self, summary: SessionSummary, notes: Sequence[str] = ()) -> None:
        """Show the summary."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


class LiveCoachView:
    """Repaints one panel in place."""

    def __init__(self, console: Console, name: str) -> None:
        self._console, self._name = console, name
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._opened = contextlib.ExitStack()
        self._notes: list[str] = []

    def show(self, tick: CoachTick, shown: CoachView) -> None:
        """Repaint the panel."""
        redo_in_foreground()
        lines = (_line(tick, event) for event in tick.events if isinstance(event, _WORTH_A_NOTE))
        self._notes += [tr(line) for line in lines if line is not None]
        self._live.update(panel(shown, self._notes, self._name), refresh=True)

    def note(self, text: str) -> None:
        """Add a line to the panel's last lines."""
        self._notes.append(text)

    def finish(self, summary: SessionSummary, notes: Sequence[str] = ()) -> None:
        """Print the card in place of the panel."""
        self._opened.close()
        self._console.print(summary_card(summary, notes))

    def __enter__(self) -> Self:
        self._opened.callback(self._live.stop)
        self._live.start()
        self._opened.enter_context(cursor_back_while_suspended(self._console))
        return self

    def __exit__(self, *exception: object) -> None:
        self._opened.close()


class PlainCoachView:
    """Prints a line when something happens, with its time; for logs, pipes and recorded videos."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._t = 0.0

    def show(self, tick: CoachTick, shown: CoachView) -> None:
        """Print what happened."""
        self._t = tick.frame.t
        for line in event_lines(tick):
            self.note(line)

    def note(self, text: str) -> None:
        """Print one line."""
        self._console.print(Text(f"{file_time(self._t)}  {text}"), soft_wrap=True)

    def finish(self, summary: SessionSummary, notes: Sequence[str] = ()) -> None:
        """Print the summary as lines."""
        for one in summary.sets:
            lines = Message.joined(STATEMENTS, set_lines(one))
            self._console.print(Text(tr(Message.joined(HEADED, (one.exercise.title, lines)))), soft_wrap=True)
        if summary.to_fix:
            told = tr("next time: {fix}").format(fix=tr(summary.to_fix))
            self._console.print(Text(told), soft_wrap=True)
        for note in notes:
            self._console.print(Text(note), soft_wrap=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass


class JsonCoachView:
    """Prints every tick as one line of JSON, and the summary as the last; notes go to standard error."""

    def show(self, tick: CoachTick, shown: CoachView) -> None:
        """Print one record."""
        print(json.dumps(tick_record(tick)), flush=True)

    def note(self, text: str) -> None:
        """Print a line for people on standard error, so that programs can read standard output."""
        print(text, file=sys.stderr, flush=True)

    def finish(self, summary: SessionSummary, notes: Sequence[str] = ()) -> None:
        """Print the summary."""
        print(json.dumps({"summary": session_record(summary)}), flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass


def coach_view(name: str, *, as_json: bool, live: bool) -> CoachDisplay:
    """The right view for where the output goes; a recorded video is reported in lines, even in a terminal."""
    if as_json:
        return JsonCoachView()
    console = Console()
    can_repaint = console.is_terminal and not console.is_dumb_terminal
    return LiveCoachView(console, name) if live and can_repaint else PlainCoachView(console)


def summary_card(summary: SessionSummary, notes: Sequence[str] = ()) -> RenderableType:
    """The summary of a session as a card."""
    parts: list[RenderableType] = []
    for one in summary.sets:
        parts.append(Text(tr(one.exercise.title), style="bold"))
        parts += [Padding(Text(tr(line)), (0, 0, 0, 2)) for line in set_lines(one)]
    if summary.to_fix:
        fix = Text.assemble((f"{tr('Next time')}  ", "dim"), (tr(summary.to_fix), "bold bright_yellow"))
        parts += [Text(), fix]
    if notes:
        parts += [Text(), *(Text(note, style="dim") for note in notes)]
    title = tr("Well done") if summary.done else tr("Session over")
    return Panel(Padding(Group(*parts), (0, 2)), title=title, border_style="bright_green", padding=(1, 1))


# Exercises.


def exercise_list(exercises: Sequence[Exercise], routines: Sequence[Routine], width: int) -> RenderableType:
    """All exercises and routines, one per line; a wide terminal also shows the titles, a narrow one has no columns."""
    titles = {one.id: tr(one.title) for one in exercises}
    if width < _NARROW:
        return Group(*_narrow_list(exercises, routines, titles), *_hints())
    wide = width >= _WIDE
    headings = tr("exercise"), *(("",) if wide else ()), tr("dose"), tr("camera"), tr("judged")
    table = _table(*headings)
    for one in _in_order(exercises):
        title = (Text(tr(one.title)),) if wide else ()
        table.add_row(Text(one.id, style="bold"), *title, *_facts(one))
    sets = _table(tr("routine"), *(("",) if wide else ()), tr("minutes"), tr("exercises"))
    for routine in routines:
        title = (Text(tr(routine.title)),) if wide else ()
        sets.add_row(Text(routine.id, style="bold"), *title, _minutes_of(routine), Text(_contents(routine, titles)))
    return Group(table, Text(), sets, *_hints())


def _narrow_list(
    exercises: Sequence[Exercise], routines: Sequence[Routine], titles: Mapping[str, str]
) -> Iterator[RenderableType]:
    """Two or more lines each, below headings that say what they are."""
    yield Text(" · ".join((tr("exercise"), tr("dose"), tr("camera"), tr("judged"))), style="dim")
    for one in _in_order(exercises):
        yield Text(one.id, style="bold")
        yield Padding(Text(" · ".join(_facts(one))), (0, 0, 0, 2))
    yield Text()
    yield Text(" · ".join((tr("routine"), tr("minutes"), tr("exercises"))), style="dim")
    for routine in routines:
        yield Text(routine.id, style="bold")
        yield Padding(Text(f"{_minutes_of(routine)} · {_contents(routine, titles)}"), (0, 0, 0, 2))


def _in_order(exercises: Iterable[Exercise]) -> list[Exercise]:
    return sorted(exercises, key=lambda one: _FIRST.index(one.id) if one.id in _FIRST else len(_FIRST))


def _facts(exercise: Exercise) -> tuple[str, str, str]:
    """The dose, where the camera stands, and how well it judges."""
    facing, trust = tr(_FACING[exercise.placement.facing]), tr(_LEVELS[exercise.trust.level])
    return tr(dose_text(exercise)), facing, trust


def _minutes_of(routine: Routine) -> str:
    return joined(THINGS, list(map(str, LENGTHS))) if routine.is_break else f"{routine.minutes:g}"


def _contents(routine: Routine, titles: Mapping[str, str]) -> str:
    """The titles of its exercises; of one that cannot be used, its name."""
    named = dict.fromkeys(step.exercise for step in routine.steps)
    return joined(THINGS, [titles.get(name, name) for name in named]) or tr(routine.why)


def _hints() -> Iterator[RenderableType]:
    yield Text()
    for hint in ("stretch NAME", "stretch show NAME", "stretch --routine ROUTINE"):
        yield Text(f"posturecam {hint}", style="dim")


_FACING = {
    Facing.SIDE: mark("side"),
    Facing.FRONT: mark("front"),
    Facing.FRONT_OBLIQUE: mark("front oblique"),
    Facing.ANYWHERE: mark("anywhere"),
}
_LEVELS = {
    Trust.HIGH: mark("well"),
    Trust.MEDIUM: mark("roughly"),
    Trust.LOW: mark("timed"),
    Trust.TIME: mark("timed only"),
}
_FIRST = ("thoracic_stretch", "childs_pose")
"""Listed first: the two exercises that the coach was made for."""
_WIDE, _NARROW = 110, 64
"""Terminal widths from which there is room for the titles, and for columns at all."""


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading, no_wrap=heading == headings[0])
    return table


def exercise_card(exercise: Exercise, width: int, colors: bool) -> RenderableType:
    """One exercise for people: its picture, why and how, where the camera stands, what it can judge, and cautions."""
    parts: list[RenderableType] = [Text(tr(exercise.why)), Text()]
    parts += _section(tr("How"), [f"{number}. {tr(step)}" for number, step in enumerate(exercise.how, 1)])
    dose = tr(dose_text(exercise))
    if exercise.holds > 1:
        dose = tr("{dose}, {rest} s rest").format(dose=dose, rest=own_number(f"{exercise.dose.rest:g}"))
    parts += _section(tr("Dose"), [dose])
    parts += _section(tr("Camera"), [tr(exercise.placement.text)])
    trust = exercise.trust
    level = tr(TRUST_WORDS[trust.level])
    judged = [tr(FULL_STOP).format(told=f"{level[0].upper()}{level[1:]}")]
    if trust.level is not Trust.TIME:  # what is only timed has been said to judge nothing
        judged.append(tr(trust.judges))
    parts += _section(tr("What the camera can judge"), judged)
    parts += _section(tr("What it cannot judge"), [tr(trust.cannot)])
    if exercise.head_down:
        parts += _section(tr("Listen"), [tr("You cannot see the screen in this pose, so everything is spoken.")])
    parts += _section(tr("Take care"), [tr(one) for one in exercise.cautions])
    parts += _section(tr("Skip this if you have"), [tr(one) for one in exercise.skip_if])
    variants = [
        joined(HEADED, (f"{exercise.id}/{name}", joined(SHORT_SENTENCES, (tr(one.title), tr(one.about)))))
        for name, one in exercise.variants.items()
    ]
    parts += _section(tr("Variants"), variants)
    parts += _section(tr("Sources"), list(exercise.sources))
    picture_: list[RenderableType] = []
    if colors and has_picture(exercise.id) and width >= _PICTURE[0]:
        picture_ = [Align.center(blocks(picture(exercise.id, *_PICTURE, _PAPER))), Text()]
    heading = Text(f"{tr(exercise.title)}  ({exercise.id})", style="bold")
    return Group(heading, Text(), *picture_, *parts)


def routine_card(routine: Routine, exercises: Sequence[Exercise]) -> RenderableType:
    """One routine for people: what it does for them, how long it takes, and its exercises, each with its dose."""
    heading = Text(f"{tr(routine.title)}  ({routine.id})", style="bold")
    steps = [
        f"{number}. {joined(HEADED, (f'{tr(one.title)} ({one.key})', tr(dose_text(one))))}"
        for number, one in enumerate(exercises, 1)
    ]
    parts = [Text(tr(routine.why)), Text(), *_section(tr("Minutes"), [_minutes_of(routine)])]
    return Group(heading, Text(), *parts, *_section(tr("Exercises"), steps))


_PAPER = (30, 33, 39)
_PICTURE = (64, 48)
"""Width and height of an exercise's picture: columns, and half lines."""


def blocks(image: Image) -> Text:
    """A picture in half blocks, two pixels per character; the height must be even."""
    text = Text()
    for row in range(0, image.shape[0], 2):
        for upper, lower in zip(image[row], image[row + 1], strict=True):
            text.append("▀", style=f"{_hex(upper)} on {_hex(lower)}")
        text.append("\n")
    return text


def _hex(pixel: Iterable[int]) -> str:
    blue, green, red = (int(part) for part in pixel)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _section(title: str, lines: list[str]) -> list[RenderableType]:
    if not lines:
        return []
    return [Text(title, style="bold"), *(Padding(Text(line), (0, 0, 0, 2)) for line in lines), Text()]
