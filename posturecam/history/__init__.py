"""The history of sitting and stretching, saved on this computer in one SQLite file.

`StretchHistory` records stretching and `SittingHistory` sitting, `SittingRecords` reads, `export` and `everything` export, and
`delete_everything` deletes.
"""

from posturecam.history.database import history_path, open_database
from posturecam.history.everything import Exported, ExportStopped, export_everything, export_from
from posturecam.history.export import as_csv, as_json, export, session_record
from posturecam.history.models import EventKind, KeptEvent, Minute, TimeCategory, Times
from posturecam.history.periods import Day, Period, PeriodFigures
from posturecam.history.records import DepthPoint, DepthSeries, SittingRecords, ToldAlert
from posturecam.history.removal import Deleted, delete_everything
from posturecam.history.sitting import SittingHistory
from posturecam.history.stretches import KeptRep, KeptSession, StretchHistory

__all__ = [
    "Day",
    "Deleted",
    "DepthPoint",
    "DepthSeries",
    "EventKind",
    "ExportStopped",
    "Exported",
    "KeptEvent",
    "KeptRep",
    "KeptSession",
    "Minute",
    "Period",
    "PeriodFigures",
    "SittingHistory",
    "SittingRecords",
    "StretchHistory",
    "TimeCategory",
    "Times",
    "ToldAlert",
    "as_csv",
    "as_json",
    "delete_everything",
    "export",
    "export_everything",
    "export_from",
    "history_path",
    "open_database",
    "session_record",
]
