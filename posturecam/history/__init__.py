"""The history of sitting and stretching, saved on this computer in one SQLite file.

`StretchHistory` records stretching and `SittingHistory` sitting, `SittingRecords` reads, the modules `export` and `stretch_export`
export, and `delete_everything` deletes. Each is imported when it is first used: most commands need only the baselines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from posturecam.config.lazy_imports import imported_when_used

if TYPE_CHECKING:
    from posturecam.history.database import history_path, open_database
    from posturecam.history.export import Exported, ExportStopped, export_everything, export_from
    from posturecam.history.models import EventKind, KeptEvent, Minute, TimeCategory, Times
    from posturecam.history.periods import Day, Period, PeriodFigures
    from posturecam.history.records import DepthPoint, DepthSeries, SittingRecords, ToldAlert
    from posturecam.history.removal import Deleted, delete_everything
    from posturecam.history.sitting import SittingHistory
    from posturecam.history.stretch_export import as_csv, as_json, session_record
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
    "export_everything",
    "export_from",
    "history_path",
    "open_database",
    "session_record",
]

_HOMES = {
    "Day": "periods",
    "Deleted": "removal",
    "DepthPoint": "records",
    "DepthSeries": "records",
    "EventKind": "models",
    "ExportStopped": "export",
    "Exported": "export",
    "KeptEvent": "models",
    "KeptRep": "stretches",
    "KeptSession": "stretches",
    "Minute": "models",
    "Period": "periods",
    "PeriodFigures": "periods",
    "SittingHistory": "sitting",
    "SittingRecords": "records",
    "StretchHistory": "stretches",
    "TimeCategory": "models",
    "Times": "models",
    "ToldAlert": "records",
    "as_csv": "stretch_export",
    "as_json": "stretch_export",
    "delete_everything": "removal",
    "export_everything": "export",
    "export_from": "export",
    "history_path": "database",
    "open_database": "database",
    "session_record": "stretch_export",
}


__getattr__ = imported_when_used(__name__, _HOMES)
