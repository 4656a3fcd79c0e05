"""What was done, kept on this computer in one SQLite file: `StretchHistory` records it, `export` hands it out."""

from posturecam.history.database import history_path, open_database
from posturecam.history.export import as_csv, as_json, export, session_record
from posturecam.history.stretches import KeptRep, KeptSession, StretchHistory

__all__ = [
    "KeptRep",
    "KeptSession",
    "StretchHistory",
    "as_csv",
    "as_json",
    "export",
    "history_path",
    "open_database",
    "session_record",
]
