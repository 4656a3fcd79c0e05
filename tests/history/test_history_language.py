"""Saved data is language-neutral: saved while the windows are in German, it is read in English, and vice versa."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from moments import raised_alert

from posturecam.alerts.policy import Response
from posturecam.alerts.text import Because, BreakOffer
from posturecam.coach.session_summary import Lacking
from posturecam.history.database import MIGRATIONS, history_path, open_database
from posturecam.history.export import export_everything
from posturecam.history.models import PAUSES, EventKind
from posturecam.history.records import SittingRecords
from posturecam.history.stretches import StretchHistory
from posturecam.i18n.translate import choose_language, tr
from posturecam.posture.measures import Name
from posturecam.posture.monitor import BaselineOutdated
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.session.history_recorder import HistoryRecorder
from posturecam.session.protocol.messages import BreakOffered, ModeChanged, MonitorEvent
from posturecam.session.protocol.mode import Mode
from posturecam.session.rules.silence import SCHEDULE

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HAPPENED = (
    raised_alert(),
    BreakOffered(NOON, BreakOffer(Because.SITTING, 3000.0), "desk_break"),
    BreakOffered(NOON, BreakOffer(Because.SLOUCHES, 900.0, 3), "desk_break"),
    ModeChanged(NOON, Mode.WATCHING, Mode.PAUSED, PAUSES["user"]),
    ModeChanged(NOON, Mode.STARTING, Mode.PAUSED, PAUSES["setup"]),
    ModeChanged(NOON, Mode.WATCHING, Mode.OFF, SCHEDULE),
    ModeChanged(NOON, Mode.WATCHING, Mode.OFF, "the screen is locked"),
    MonitorEvent(
        NOON, BaselineOutdated(1.0, Reason(Why.CAMERA_MOVED, "picture", now="640×480", then="1280×720"), View.FRONT)
    ),
)


@pytest.fixture
def kept_in_german():
    """Record events while the windows are in German."""
    choose_language("de")
    recorder = HistoryRecorder()
    for what in HAPPENED:
        recorder.happened(what)
    recorder.answered(NOON, Response.SNOOZE)
    recorder.close()
    choose_language("en")


def reasons(records):
    return [event.why for event in records.events(NOON.date(), raised_alert().at.date()) if event.why is not None]


def everything_in(path):
    with closing(sqlite3.connect(path)) as file:
        return str(file.execute("SELECT details, evidence FROM sitting_events").fetchall())


def test_an_alert_and_a_break_that_came_in_german_are_read_in_english(kept_in_german):
    with SittingRecords() as records:
        (alert,) = records.alerts(NOON.date(), raised_alert().at.date())
        assert alert.event.details["cause"] == Name.NECK_INCLINATION
        assert [str(reason) for reason in reasons(records)] == [
            "You have been sitting for 50 minutes. How about a short stretch?",
            "You slouched 3 times recently. How about a short stretch?",
            "you paused posturecam",
            "the setup is not finished",
            "outside the hours you chose",
            "the picture is 640×480 now and was 1280×720 when you calibrated",
        ]


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("the picture is 640×480 now and was 1280×720 when you calibrated", "das Bild misst jetzt 640×480"),
        ("your shoulders are elsewhere in the picture: the camera or the chair was moved", "deine Schultern sind"),
    ],
)
def test_what_0_1_0_saved_of_a_moved_camera_is_shown_in_german(said, then):
    opened = open_database()
    opened.connection.execute(
        "INSERT INTO sitting_events (at, utc_offset, kind, details) VALUES (?, 0, 'baseline_outdated', ?)",
        (NOON.timestamp(), json.dumps({"reason": {"code": "camera_moved", "text": said}})),
    )
    opened.connection.commit()
    opened.connection.close()
    choose_language("de")
    with SittingRecords() as records:
        (reason,) = reasons(records)
    assert tr(reason).startswith(then)


def test_the_same_is_read_in_german_and_in_spanish(kept_in_german):
    with SittingRecords() as records:
        found = reasons(records)
    choose_language("de")
    assert tr(found[0]).startswith("Du sitzt seit 50 Minuten")
    choose_language("es")
    assert "50 minutos" in tr(found[0])


def test_no_words_are_kept_in_any_language(kept_in_german):
    kept = everything_in(history_path())
    for words in ("sitzt", "sitting for", "krumm", "wünsch", "wished", "the picture", "Bild", "locked"):
        assert words not in kept


def test_an_export_has_the_code_and_the_english_words(kept_in_german, tmp_path):
    choose_language("de")
    with SittingRecords() as records, StretchHistory() as stretches:
        export_everything(records, stretches, tmp_path / "all.json")
    events = json.loads((tmp_path / "all.json").read_text("utf-8"))["events"]
    offered = [event for event in events if event["kind"] == "break_offered"]
    assert [event["code"] for event in offered] == ["sitting", "slouches"]
    assert offered[0]["reason"].startswith("You have been sitting for 50 minutes.")
    (alert,) = [event for event in events if event["kind"] == "slouch_told"]
    unknown = [one["reason"] for one in alert["evidence"]["measures"] if one["reason"] is not None]
    assert {"code": "wrong_view", "text": "the camera looks from the side"} in unknown


# Files of 0.1.0.

_SAT = "Du sitzt seit 50 Minuten. Wie wäre es mit einer kurzen Dehnung?"


@pytest.fixture
def kept_by_0_1():
    path = history_path()
    path.parent.mkdir(parents=True)
    with closing(open_database(path, MIGRATIONS[:2]).connection) as old:
        for number, (kind, details) in enumerate(
            [
                ("break_offered", {"reason": _SAT}),
                ("paused", {"reason": "as you wished"}),
                ("paused", {"reason": "outside the hours you set"}),
                ("paused", {}),
                ("resumed", {"reason": "as you wished"}),
                ("baseline_outdated", {"view": "front", "reason": "your shoulders are elsewhere in the picture"}),
            ]
        ):
            row = (NOON.timestamp() + number, 0.0, kind, json.dumps(details, ensure_ascii=False), None)
            old.execute(
                "INSERT INTO sitting_events (at, utc_offset, kind, details, evidence) VALUES (?, ?, ?, ?, ?)", row
            )
        old.execute(
            "INSERT INTO sitting_events (at, utc_offset, kind, details) VALUES (1772452800, 0, 'paused', '[broken')"
        )
        old.execute("INSERT INTO sessions VALUES (1, 'stretch', 5, 0, 9, '', 'Side bend', '0.1.0')")
        for rep, lacking in enumerate((None, "the release was not seen", "it ended before the time was full")):
            old.execute(
                "INSERT INTO stretch_reps (session, step, exercise, view, rep, t, seen, unseen, counted, faults, pieces, lacking) "
                "VALUES (1, 0, 'side_bend', 'front', ?, 0, 5, 0, 0, '', 1, ?)",
                (rep, lacking),
            )
    return path


def test_a_history_of_0_1_stays_readable(kept_by_0_1):
    with SittingRecords() as records:
        assert [str(reason) for reason in reasons(records)] == [
            _SAT,  # its seconds were not saved, so it stays in the language of that time
            "you paused posturecam",
            "outside the hours you chose",
            "your shoulders are elsewhere in the picture",
        ]
        paused = [event for event in records.events(NOON.date(), NOON.date()) if event.kind is EventKind.PAUSED]
        assert [event.details.get("reason") for event in paused] == ["user", "schedule", None, None]
        assert records.complaints() == []
    with StretchHistory() as stretches:
        (session,) = stretches.sessions()
        assert [rep.result.lacking for rep in session.reps] == [None, Lacking.RELEASE_UNSEEN, Lacking.ENDED_EARLY]
    assert kept_by_0_1.with_name("history.sqlite3.version-2").exists()


def test_what_an_alert_of_0_1_saw_stays_readable(kept_in_german):
    with closing(sqlite3.connect(history_path())) as file:
        ((text,),) = file.execute("SELECT evidence FROM sitting_events WHERE evidence IS NOT NULL").fetchall()
        kept = json.loads(text)
        for measure in kept["measures"]:
            if measure["reason"] is not None:
                measure["reason"] = {"code": "wrong_view", "text": "the camera looks from the side"}
        file.execute("UPDATE sitting_events SET evidence = ? WHERE evidence IS NOT NULL", (json.dumps(kept),))
        file.commit()
    with SittingRecords() as records:
        (alert,) = records.alerts(NOON.date(), raised_alert().at.date())
    reason = alert.event.evidence.measure(Name.HEAD_ROLL).reason
    assert reason.code is Why.WRONG_VIEW
    choose_language("de")
    assert tr(reason.text) == "die Kamera schaut von der Seite"
