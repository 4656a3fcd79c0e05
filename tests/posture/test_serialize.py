import json
import math

import pytest
from figures import from_side, person
from places import ROOT
from scripts import AWAY, DARK, reading, run, script

from posturecam.config.settings import Settings
from posturecam.posture.assess import assess
from posturecam.posture.loop import Tick
from posturecam.posture.measures import UNITS, Name
from posturecam.posture.monitor import (
    BaselineOutdated,
    CameBack,
    Grade,
    LeftDesk,
    MonitorState,
    SlouchEnded,
    SlouchSustained,
)
from posturecam.posture.reading import no_person
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.records.serialize import CSV_COLUMNS, csv_row, event_record, tick_record
from posturecam.posture.view import View
from posturecam.vision.frame import Frame

SETTINGS = Settings()


def tick(pose=None, view=View.UNKNOWN, events=(), t=1.0):
    judged = no_person(t, view) if pose is None else assess(pose, view, None, SETTINGS)
    return Tick(Frame(t), pose, judged, MonitorState(t=t, phase_since=0.5), events)


def cells(made):
    return dict(zip(CSV_COLUMNS, csv_row(made), strict=True))


SIDE = tick(from_side(1.0, neck=30), View.SIDE_RIGHT)
FRONT = tick(person(1.0), View.FRONT)
ABSENT = tick()


@pytest.mark.parametrize("made", [SIDE, FRONT, ABSENT], ids=["side", "front", "absent"])
def test_record_is_strict_json_and_comes_back_the_same(made):
    record = tick_record(made)
    assert json.loads(json.dumps(record, allow_nan=False)) == record


@pytest.mark.parametrize("made", [SIDE, FRONT, ABSENT], ids=["side", "front", "absent"])
def test_every_measure_has_either_a_value_or_a_reason(made):
    for name, measure in tick_record(made)["measures"].items():
        assert measure["unit"] == UNITS[Name(name)]
        assert (measure["value"] is None) != (measure["reason"] is None)


def test_keys_stand_in_the_same_order_whatever_is_known():
    def keys(value):
        return [(key, keys(inner)) for key, inner in value.items()] if isinstance(value, dict) else []

    one, other = tick_record(ABSENT), tick_record(tick(t=9.0))
    assert keys(one) == keys(other)
    assert list(one) == list(tick_record(SIDE))
    assert list(one["measures"]) == list(tick_record(SIDE)["measures"])


def test_unknown_is_null_with_its_reason():
    found = tick_record(ABSENT)["deviation"]
    assert found["value"] is None
    assert found["reason"] == {"code": "no_person", "text": "I see nobody"}


def test_numbers_are_rounded_and_zero_has_no_sign():
    neck = tick_record(SIDE)["measures"]["neck_inclination"]["value"]
    assert neck == round(neck, 2) != SIDE.reading.measures[Name.NECK_INCLINATION].value
    assert math.copysign(1, tick_record(tick(t=-0.00001))["t"]) == 1


def test_unknown_cells_are_empty_and_known_ones_are_not():
    row = cells(SIDE)
    assert row["head_forward_index"] == ""
    assert float(row["neck_inclination"]) == pytest.approx(
        SIDE.reading.measures[Name.NECK_INCLINATION].value, abs=0.005
    )
    assert row["deviation_reason"] == ""


def test_row_of_an_absent_person_has_a_reason_and_no_number():
    row = cells(ABSENT)
    assert row["deviation_reason"] == "I see nobody"
    assert all(row[name] == "" for name in (*Name, "deviation", "deviation_cause", "deviation_change", "events"))


def test_row_and_record_say_the_same():
    row, record = cells(SIDE), tick_record(SIDE)
    assert row["deviation"] == str(record["deviation"]["value"])
    assert {name: row[name] for name in Name} == {
        name: "" if measure["value"] is None else str(measure["value"]) for name, measure in record["measures"].items()
    }


@pytest.mark.parametrize(
    ("event", "record"),
    [
        (
            SlouchSustained(130.0, 10.12345, Grade.MILD, 119.9999, Name.SLUMP_INDEX, -0.2, True),
            {
                "type": "slouch_sustained",
                "t": 130.0,
                "since": 10.123,
                "severity": "mild",
                "seconds": 120.0,
                "cause": "slump_index",
                "change": -0.2,
                "compared": True,
                "nearer": None,
            },
        ),
        (SlouchEnded(140.0, 10.0), {"type": "slouch_ended", "t": 140.0, "since": 10.0}),
        (LeftDesk(1.0), {"type": "left_desk", "t": 1.0}),
        (CameBack(1.0), {"type": "came_back", "t": 1.0}),
        (
            BaselineOutdated(1.0, Reason(Why.CAMERA_MOVED, "shoulders"), View.FRONT),
            {
                "type": "baseline_outdated",
                "t": 1.0,
                "reason": "your shoulders are in a different place in the picture: the camera or the chair was moved",
                "view": "front",
                "code": "camera_moved",
            },
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, dict) else "",
)
def test_event_record(event, record):
    assert event_record(event) == record
    assert list(event_record(event)) == list(record)


def test_events_stand_in_the_row_of_their_moment():
    made = tick(events=(SlouchEnded(1.0, 0.0), LeftDesk(1.0)))
    assert cells(made)["events"] == "slouch_ended left_desk"


def test_a_whole_scripted_run_serializes():
    state, _ = run(script((10, 0.1), (130, 1.2), (10, DARK), (10, AWAY)))
    for what in (0.1, 1.2, DARK, AWAY):
        made = Tick(Frame(999.0), None, reading(999.0, what), state, ())
        assert len(csv_row(made)) == len(CSV_COLUMNS)
        json.dumps(tick_record(made), allow_nan=False)


def test_the_documentation_names_every_column_unit_reason_and_event():
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    documented = [line.split("|")[1].strip(" `") for line in text.splitlines() if line.startswith("| `")]
    columns = [name for name in documented if name in CSV_COLUMNS]
    assert tuple(columns) == CSV_COLUMNS
    for name, unit in UNITS.items():
        assert f"| `{name}` | {unit} |" in text
    for code in Why:
        assert f"`{code}`" in text
    for event in (SlouchSustained, SlouchEnded, LeftDesk, CameBack, BaselineOutdated):
        assert f"`{''.join('_' + c.lower() if c.isupper() else c for c in event.__name__).lstrip('_')}`" in text
