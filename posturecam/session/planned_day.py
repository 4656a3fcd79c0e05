"""What the history knows of a planned day: whether the routine was done, and whether the user was already reminded."""

from __future__ import annotations

from datetime import datetime

from posturecam.coach.library import load_routine
from posturecam.errors import HistoryError, PosturecamError
from posturecam.history.models import EventKind
from posturecam.history.records import SittingRecords
from posturecam.history.stretches import StretchHistory
from posturecam.session.rules.weekly_plan import PlannedDay


def recall(at: datetime, routine: str, *, kept: bool = True) -> PlannedDay | None:
    """What is known of a routine on the day of this local time; None if there is no such routine.

    A history that is not `kept`, or cannot be read, knows nothing: then there is one reminder each time the program is
    started that day.
    """
    try:
        title = load_routine(routine).title
    except PosturecamError:
        return None
    if not kept:
        return PlannedDay(title)
    try:
        with StretchHistory(to_read=True) as stretches:
            done = stretches.done_on(at.date(), title)
        with SittingRecords() as records:
            events = records.events(at.date(), at.date())
    except HistoryError:
        return PlannedDay(title)
    reminded = any(one.kind is EventKind.BREAK_OFFERED and one.details.get("reason") == "plan" for one in events)
    return PlannedDay(title, done, reminded)
