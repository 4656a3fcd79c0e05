"""Stretch sessions in the history: saves each repetition as it is counted, and looks up earlier results."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from posturecam import __version__
from posturecam.coach.exercise import Exercise, Side
from posturecam.coach.safety import WORST, Answers
from posturecam.coach.session_summary import DepthKey, Lacking, PastDepth, RepResult
from posturecam.coach.stretch_measures import MEASURES
from posturecam.history.models import local_date
from posturecam.history.repository import WITHIN_DAYS, Repository, day_bounds
from posturecam.history.valid_rows import GOOD_REP, GOOD_SESSION
from posturecam.i18n.words import mark
from posturecam.posture.view import View

_WEEK_SECONDS = 7 * 86400.0
_COURSE = 11
"""Number of earlier sessions in the chart of a depth."""
_KIND = "stretch"


@dataclass(frozen=True, slots=True)
class KeptRep:
    """One saved repetition."""

    exercise: str
    """`Exercise.key`."""
    result: RepResult
    depth_measure: str | None
    depth_unit: str | None


@dataclass(frozen=True, slots=True)
class KeptSession:
    """One saved session."""

    id: int
    began: float
    """Seconds since 1970, UTC."""
    utc_offset: float
    """UTC offset of the local clock then, seconds."""
    ended: float | None
    """Seconds since 1970, UTC; None if it was interrupted."""
    source: str
    title: str
    answers: Answers | None
    """None if there were no questions."""
    skipped: tuple[str, ...]
    reps: tuple[KeptRep, ...]

    @property
    def counted(self) -> int:
        """Repetitions counted."""
        return sum(rep.result.counted for rep in self.reps)

    @property
    def timed(self) -> int:
        """Repetitions that were timed to their end, and not judged."""
        return sum(rep.result.done and not rep.result.counted for rep in self.reps)


class StretchHistory(Repository):
    """The stretch sessions kept on this computer.

    Recording never raises: a session does not end because a disk is full. What could not be saved is retried with the
    next repetition, and `complaints` reports each problem once.
    """

    TRIED_AGAIN = mark("the session continues, and posturecam tries again with each repetition")
    OPENED_LATER = mark(
        "{problem}. The session continues; posturecam retries every minute and keeps everything in memory until then."
    )

    def __init__(
        self,
        path: Path | None = None,
        now: Callable[[], float] = time.time,
        *,
        to_read: bool = False,
        patient: bool = False,
    ) -> None:
        """Open the history, or create it.

        Args:
            path: the file; None takes the user's own.
            now: the wall clock, seconds since 1970; replaced in tests.
            to_read: read only, which also works where nothing can be written.
            patient: if it cannot be opened, report a complaint and retry every minute.

        Raises:
            HistoryTooNew: if a newer posturecam made it.
            HistoryError: if it cannot be opened.
        """
        super().__init__(path, to_read=to_read, patient=patient)
        self._now = now
        self._unsaved: list[tuple[str, tuple[Any, ...]]] = []

    # Recording.

    def begin(self, title: str, source: str) -> int:
        """Begin a session; returns its number, under which its repetitions are saved.

        The number is the moment in milliseconds and not the database's next one, so that a session can begin while the disk
        is full and be saved later.
        """
        now = self._now()
        session = round(now * 1000)
        self._save(
            "INSERT INTO sessions (id, kind, began, utc_offset, source, title, version) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (session, _KIND, now, float(time.localtime(now).tm_gmtoff), source, title, __version__),
        )
        return session

    def add(self, session: int, exercise: Exercise, result: RepResult, step: int = 0) -> None:
        """Save a repetition, whole or partial, as soon as it is over.

        A repetition that was partial is replaced when it is counted after all: its seconds are among those of the whole one.
        `step` is the position in the session of its exercise, because the same exercise may come twice.
        """
        measure = exercise.depth.measure if exercise.depth else None
        self._save(
            "INSERT OR REPLACE INTO stretch_reps (session, step, exercise, side, view, rep, t, seen, unseen, counted, depth, depth_measure, "
            "depth_unit, level, faults, pieces, lacking, reach) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                session,
                step,
                exercise.key,
                None if result.side is None else result.side.value,
                result.view.value,
                result.rep,
                float(result.t),
                float(result.seen),
                float(result.unseen),
                int(result.counted),
                None if result.depth is None else float(result.depth),
                measure,
                None if measure is None else MEASURES[measure].unit,
                result.level,
                " ".join(result.faults),
                result.pieces,
                None if result.lacking is None else result.lacking.value,
                None if result.reach is None else float(result.reach),
            ),
        )

    def answer(self, session: int, answers: Answers, skipped: Iterable[str] | None = None) -> None:
        """Save the answers given before and, once known, after the session, and the exercises left out because of them.

        Without `skipped`, those saved before stay.
        """
        left_out = None if skipped is None else " ".join(skipped)
        self._save(
            "INSERT INTO stretch_answers (session, troubled, before, after, skipped) VALUES (?, ?, ?, ?, coalesce(?, '')) "
            "ON CONFLICT (session) DO UPDATE "
            "SET troubled = excluded.troubled, before = excluded.before, after = excluded.after, skipped = coalesce(?, skipped)",
            (session, int(answers.troubled), answers.before, answers.after, left_out, left_out),
        )

    def end(self, session: int) -> None:
        """End the session."""
        self._save("UPDATE sessions SET ended = ? WHERE id = ?", (self._now(), session))

    def is_saved(self, session: int) -> bool:
        """Whether a session is on the disk; what could not be saved until now is tried once more first."""
        self._save_rest()
        return bool(list(self._ask("SELECT 1 FROM sessions WHERE id = ?", (session,))))

    # Looking up.

    def past(self, exercises: Iterable[Exercise], *, frozen: bool = False) -> Mapping[DepthKey, PastDepth]:
        """The depths of earlier sessions, by exercise, side and view; `frozen` marks targets that stay unchanged because of more pain recently."""
        found: dict[DepthKey, PastDepth] = {}
        for exercise in exercises:
            if exercise.depth is None:
                continue
            best = "MIN" if exercise.depth.better == "lower" else "MAX"
            rows = self._ask(
                f"SELECT side, view, {best}(depth), {best}(CASE WHEN began <= ? THEN depth END), MAX(reach) FROM stretch_reps "
                "JOIN sessions ON sessions.id = session WHERE exercise = ? AND depth IS NOT NULL AND depth_measure = ? "
                f"AND {GOOD_SESSION} AND {GOOD_REP} GROUP BY side, view",
                (self._now() - _WEEK_SECONDS, exercise.key, exercise.depth.measure),
            )
            for side, view, depth, week_ago, reach in rows:
                key = DepthKey(exercise.key, None if side is None else Side(side), View(view))
                found[key] = PastDepth(depth, week_ago, self._course(exercise, side, view, best), frozen, reach)
        return found

    def _course(self, exercise: Exercise, side: str | None, view: str, best: str) -> tuple[float, ...]:
        """The best depth of each of the latest sessions, the oldest first."""
        assert exercise.depth is not None
        rows = self._ask(
            f"SELECT {best}(depth) FROM stretch_reps JOIN sessions ON sessions.id = session WHERE exercise = ? AND side IS ? AND view = ? "
            f"AND depth IS NOT NULL AND depth_measure = ? AND {GOOD_SESSION} AND {GOOD_REP} GROUP BY sessions.id "
            "ORDER BY began DESC LIMIT ?",
            (exercise.key, side, view, exercise.depth.measure, _COURSE),
        )
        return tuple(depth for (depth,) in reversed(list(rows)))

    def done_last(self) -> tuple[str, ...]:
        """Ids of all exercises ever done, including timed-only ones; the latest first."""
        rows = self._ask(
            "SELECT exercise, max(began) AS latest FROM stretch_reps JOIN sessions ON stretch_reps.session = sessions.id "
            f"WHERE {GOOD_SESSION} AND {GOOD_REP} GROUP BY exercise ORDER BY latest DESC, exercise"
        )
        return tuple(dict.fromkeys(str(exercise).partition("/")[0] for exercise, _ in rows))

    def answers(self) -> list[Answers]:
        """The answers of all sessions, the newest last, for `posturecam.coach.safety.is_frozen`."""
        rows = self._ask(
            "SELECT troubled, before, after FROM stretch_answers JOIN sessions ON sessions.id = session ORDER BY began, id"
        )
        return [found for row in rows if (found := _answers(*row)) is not None]

    def sessions(self, most: int | None = None) -> Sequence[KeptSession]:
        """The latest sessions, newest first; those without a repetition too."""
        return list(self.every_session(most))

    def sessions_of(self, first: date, last: date) -> Sequence[KeptSession]:
        """The sessions of these local days, newest first."""
        return list(self._sessions(WITHIN_DAYS.format("began"), day_bounds(first, last)))

    def every_session(self, most: int | None = None) -> Iterator[KeptSession]:
        """The latest sessions, one at a time."""
        return self._sessions("1", (), most)

    def _sessions(self, which: str, values: tuple[Any, ...], most: int | None = None) -> Iterator[KeptSession]:
        self._leave_out("sessions", "id", GOOD_SESSION)
        self._leave_out("stretch_reps", "id", GOOD_REP)
        rows = self._each(
            "SELECT sessions.id, began, utc_offset, ended, source, title, troubled, before, after, COALESCE(skipped, '') FROM sessions "
            f"LEFT JOIN stretch_answers ON stretch_answers.session = sessions.id WHERE kind = ? AND {which} AND {GOOD_SESSION} "
            "ORDER BY began DESC, sessions.id DESC LIMIT ?",
            (_KIND, *values, -1 if most is None else most),
        )
        for id_, began, offset, ended, source, title, *said, skipped in rows:
            answers = _answers(*said)
            left_out = tuple(str(skipped).split())
            yield KeptSession(id_, began, offset, ended, source, title, answers, left_out, self._reps(id_))

    def done_on(self, day: date, title: str) -> bool:
        """Whether a session of this title had a repetition counted, or timed to its end, on that local day."""
        rows = self._ask(
            f"SELECT began, utc_offset FROM sessions WHERE kind = ? AND title = ? AND {GOOD_SESSION} AND EXISTS "
            f"(SELECT 1 FROM stretch_reps WHERE session = sessions.id AND (counted OR lacking = ?) AND {GOOD_REP}) "
            "ORDER BY began DESC LIMIT 50",
            (_KIND, title, Lacking.BY_TIME.value),
        )
        return any(local_date(began, offset) == day for began, offset in rows)

    def count(self) -> int:
        """How many sessions there are."""
        return sum(number for (number,) in self._ask("SELECT count(*) FROM sessions WHERE kind = ?", (_KIND,)))

    def _reps(self, session: int) -> tuple[KeptRep, ...]:
        rows = self._ask(
            "SELECT exercise, rep, side, view, t, seen, unseen, counted, depth, level, faults, pieces, lacking, reach, "
            f"depth_measure, depth_unit FROM stretch_reps WHERE session = ? AND {GOOD_REP} ORDER BY id",
            (session,),
        )
        return tuple(
            KeptRep(
                exercise,
                RepResult(
                    rep,
                    None if side is None else Side(side),
                    View(view),
                    t,
                    seen,
                    unseen,
                    bool(counted),
                    depth,
                    level,
                    tuple(faults.split()),
                    pieces,
                    Lacking(lacking) if lacking in tuple(Lacking) else None,
                    reach=reach,
                ),
                measure,
                unit,
            )
            for (
                exercise, rep, side, view, t, seen, unseen, counted, depth, level, faults, pieces, lacking, reach, measure, unit
            ) in rows
        )  # fmt: skip

    # Internals.

    def _save(self, statement: str, values: tuple[Any, ...]) -> None:
        self._unsaved.append((statement, values))
        if self._in_one(self._write):
            self._unsaved = []

    def _write(self, connection: sqlite3.Connection) -> None:
        for one in self._unsaved:
            try:
                connection.execute(*one)
            except sqlite3.IntegrityError as problem:
                if problem.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
                    raise  # else the user deleted its session meanwhile, so its repetitions are not wanted either

    @property
    def unsaved(self) -> int:
        """How many records could not be saved yet."""
        return len(self._unsaved)

    def close(self) -> None:
        """Save what is left, if that is possible now, and close the file."""
        self._save_rest()
        super().close()

    def _save_rest(self) -> None:
        if self._unsaved:
            self._try_at_once()
            statement, values = self._unsaved.pop()
            self._save(statement, values)


def _answers(troubled: object, before: object, after: object) -> Answers | None:
    """The answers; None if there were no questions, or the values are invalid."""
    if not isinstance(troubled, int):
        return None
    known = [one if isinstance(one, int) and 0 <= one <= WORST else None for one in (before, after)]
    return Answers(bool(troubled), *known)
