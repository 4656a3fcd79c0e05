"""The system's state: how readers are called, and that reading never raises."""

import json
import math
import os
import plistlib
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from command_line import assert_one_line
from fakes.system import FakeSystem
from hypothesis import given, settings
from hypothesis import strategies as st
from places import ROOT

from posturecam.system import FIELDS, NullSystem, SystemState, open_system
from posturecam.system.__main__ import main, shown
from posturecam.system.bus import Refused
from posturecam.system.linux.battery import BatteryReader
from posturecam.system.linux.camera import CameraReader
from posturecam.system.linux.do_not_disturb import DoNotDisturbReader
from posturecam.system.linux.idle import IdleReader
from posturecam.system.linux.lock import LockReader
from posturecam.system.linux.microphone import MicrophoneReader
from posturecam.system.linux.processes import Processes
from posturecam.system.linux.sleep import LidReader, SleepReader
from posturecam.system.macos import open_macos
from posturecam.system.reader import NullReader, Reader, ReadersSystem, Unreadable
from posturecam.system.report import LABELS, lines
from posturecam.system.state import UnknownField, state_of
from posturecam.system.tools import run_tool


class Scripted(Reader):
    """A reader that returns what it is given, or raises it."""

    def __init__(self, said, fields=("locked",), every=0.0):
        self.fields, self.every, self.said = fields, every, said
        self.asked = 0

    def read(self):
        self.asked += 1
        if isinstance(self.said, BaseException):
            raise self.said
        return self.said


class Hand:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


# The state


def test_what_no_reader_provides_is_unknown_with_a_reason_and_never_no():
    state = state_of({"locked": False})
    assert state.locked is False
    assert all(getattr(state, name) is None for name in FIELDS if name != "locked")
    assert set(state.unreadable) == set(FIELDS) - {"locked"}


def test_a_field_says_why_it_cannot_be_read():
    state = state_of({"battery_percent": UnknownField("there is no battery")})
    assert state.battery_percent is None
    assert state.unreadable["battery_percent"] == "there is no battery"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("locked", 1),
        ("locked", "yes"),
        ("idle_seconds", -1.0),
        ("idle_seconds", math.nan),
        ("idle_seconds", math.inf),
        ("idle_seconds", True),
        ("battery_percent", 101.0),
        ("camera_held_by", "zoom"),
        ("camera_held_by", (3,)),
    ],
)
def test_an_impossible_value_counts_as_unreadable(name, value):
    state = state_of({name: value})
    assert getattr(state, name) is None
    assert "cannot be" in state.unreadable[name]


# How readers are asked


def test_one_reader_that_fails_leaves_the_others_working():
    broken, whole = Scripted(ValueError("no")), Scripted({"lid_closed": True}, fields=("lid_closed",))
    state = ReadersSystem([broken, whole]).look()
    assert state.lid_closed is True
    assert state.locked is None
    assert state.unreadable["locked"] == "unexpected ValueError: no"


def test_what_failed_thrice_is_asked_again_only_every_minute():
    clock, reader = Hand(), Scripted(Unreadable("gone"))
    system = ReadersSystem([reader], clock=clock)
    for _ in range(10):
        assert system.look().unreadable["locked"] == "gone"
        clock.now += 2
    assert reader.asked == 3
    clock.now += 60
    reader.said = {"locked": True}
    assert system.look().locked is True
    clock.now += 2
    reader.said = {"locked": False}
    assert system.look().locked is False


def test_two_failures_do_not_count_once_an_answer_came():
    clock, reader = Hand(), Scripted({})
    system = ReadersSystem([reader], clock=clock)
    for said in [Unreadable("a"), Unreadable("b"), {"locked": False}] * 3:
        reader.said = said
        system.look()
        clock.now += 2
    assert reader.asked == 9


def test_a_reader_with_an_interval_is_not_asked_within_it():
    clock, reader = Hand(), Scripted({"locked": True}, every=10.0)
    system = ReadersSystem([reader], clock=clock)
    for _ in range(5):
        assert system.look().locked is True
        clock.now += 2
    assert reader.asked == 1
    system.look()
    assert reader.asked == 2


def test_an_answer_is_not_kept_past_a_failure():
    clock, reader = Hand(), Scripted({"locked": True})
    system = ReadersSystem([reader], clock=clock)
    system.look()
    reader.said = Unreadable("gone")
    assert system.look().locked is None


def test_a_reader_that_forgets_a_field_leaves_it_unknown():
    assert ReadersSystem([Scripted({})]).look().unreadable["locked"] == "the system did not tell"


def test_closing_closes_what_the_readers_share_once_and_a_failure_is_no_harm():
    shut = []

    def fail():
        shut.append(1)
        raise OSError("no")

    system = ReadersSystem([Scripted({"locked": True})], shut=fail)
    system.close()
    system.close()
    assert shut == [1]
    assert system.look().locked is None


def test_a_null_reader_gives_its_reason_for_each_field_and_is_asked_once():
    state = ReadersSystem([NullReader(("locked", "asleep"), "not here")]).look()
    assert state.unreadable["locked"] == state.unreadable["asleep"] == "not here"


# Tools


def test_a_missing_tool_is_reported():
    with pytest.raises(Unreadable, match="no-such-tool is not installed"):
        run_tool(("no-such-tool",))


def test_a_tool_that_hangs_is_ended():
    with pytest.raises(Unreadable, match=r"did not answer within 0.2 s"):
        run_tool((sys.executable, "-c", "import time; time.sleep(60)"), 0.2)


def test_a_tool_that_fails_tells_its_first_line():
    code = "import sys; sys.exit('Connection failure\\nmore')"
    with pytest.raises(Unreadable, match=r"failed \(Connection failure\)"):
        run_tool((sys.executable, "-c", code), 10)


def test_a_tool_may_print_bytes_that_are_no_text():
    code = "import sys; sys.stdout.buffer.write(b'a\\xff')"
    assert run_tool((sys.executable, "-c", code), 10) == "a\ufffd"


def test_a_file_that_may_not_be_run_is_reported(tmp_path):
    tool = tmp_path / "tool"
    tool.write_text("no program")
    with pytest.raises(Unreadable, match="cannot be run"):
        run_tool((str(tool),))


# Opening


def test_an_unknown_platform_knows_nothing_and_says_so():
    system = open_system("sunos5")
    state = system.look()
    system.close()
    assert isinstance(system, NullSystem)
    assert set(state.unreadable) == set(FIELDS)
    assert "sunos5" in state.unreadable["locked"]


@pytest.mark.skipif(sys.platform == "win32", reason="here it is Windows")
def test_windows_without_its_libraries_is_a_null_system():
    assert isinstance(open_system("win32"), NullSystem)


def test_a_look_at_this_very_system_comes_back_whole_and_closes_its_thread():
    before = set(threading.enumerate())
    system = open_system()
    state = system.look()
    system.close()
    assert all((getattr(state, name) is None) == (name in state.unreadable) for name in FIELDS)
    assert set(threading.enumerate()) <= before


def test_the_fake_says_what_it_is_told():
    system = FakeSystem(locked=True)
    assert system.look().locked is True
    assert system.look().camera_held_by == ()
    system.set(camera_held_by=("zoom",), locked=None)
    assert system.look().camera_held_by == ("zoom",)
    assert "locked" in system.look().unreadable
    system.set(locked=False)
    assert system.look().unreadable == {}
    system.close()
    assert system.closed


# In words


def test_every_field_has_a_line_in_words():
    assert set(LABELS) == set(FIELDS)
    state = state_of(
        {
            "locked": True,
            "idle_seconds": 3.25,
            "camera_held_by": (),
            "microphone_held_by": ("a", "b"),
            "battery_percent": 79.6,
        }
    )
    said = {line.label: (line.known, line.text) for line in lines(state)}
    assert said["screen locked"] == (True, "yes")
    assert said["last key or mouse"] == (True, "3.2 s ago")
    assert said["camera in use by others"] == (True, "nobody")
    assert said["microphone in use by others"] == (True, "a, b")
    assert said["battery"] == (True, "80%")
    assert said["lid closed"] == (False, "nothing here reads it")


def test_the_table_has_a_row_for_each_field():
    table, seconds = shown(FakeSystem())
    assert table.row_count == len(FIELDS)
    assert seconds >= 0


def test_the_module_prints_what_it_can_read_here(capsys):
    main()
    said = capsys.readouterr().out
    assert "screen locked" in said
    assert "starts with the session" in said


# Garbage

GARBAGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.one_of(st.integers(), st.text(max_size=5)), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)
LIKELY = st.sampled_from(
    [
        "",
        "[]",
        "{}",
        "[{}]",
        '[{"corked": false, "properties": {}}]',
        '[{"corked": false, "client": "1", "properties": {"application.process.id": "x"}, "source": []}]',
        '[{"id": 1, "type": "PipeWire:Interface:Link", "info": {"output-node-id": 1, "input-node-id": []}}]',
        '[{"id": 1, "type": 2, "info": {"props": 3}}]',
        '[{"index": 0, "name": 4}]',
        "Now drawing from 'Battery Power'\n -InternalBattery-0\t999%;",
        "Assertion status system-wide:\n\tResources: audio-in X",
        "<plist><dict><key>IOConsoleUsers</key><array><string>x</string></array></dict></plist>",
        "true",
    ]
)
PLISTS = st.builds(
    lambda key, value: plistlib.dumps({key: value}).decode(),
    st.sampled_from(["IOConsoleUsers", "HIDIdleTime", "AppleClamshellState"]),
    st.recursive(
        st.one_of(st.booleans(), st.integers(-(2**63), 2**64 - 1), st.just("x")),
        lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.just("kCGSSessionUserIDKey"), inner)),
        max_leaves=4,
    ),
)
TEXTS = st.one_of(LIKELY, PLISTS, st.text(max_size=60), GARBAGE.map(lambda value: json.dumps(value)))


def assert_whole(state: SystemState) -> None:
    """Every value is of its type or unreadable, with a one-line reason."""
    assert isinstance(state.unreadable, Mapping)
    for name in FIELDS:
        value = getattr(state, name)
        assert (value is None) == (name in state.unreadable)
        if value is None:
            assert len(state.unreadable[name].splitlines()) == 1
        elif name in ("camera_held_by", "microphone_held_by"):
            assert all(isinstance(one, str) for one in value)
        elif name in ("idle_seconds", "battery_percent"):
            assert 0 <= value < math.inf
        else:
            assert isinstance(value, bool)


@settings(max_examples=80, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=6))
def test_a_look_never_raises_whatever_the_tools_of_macos_print(texts):
    said = iter(texts * 20)
    assert_whole(open_macos(lambda _: next(said)).look())


class GarbageBus:
    """Answers anything, or refuses."""

    def __init__(self, answers):
        self._answers = iter(answers * 30)

    def ask(self, question):
        answer = next(self._answers)
        if answer == "refuse":
            raise Refused(f"{question.service} did not tell")
        return answer


@pytest.mark.skipif(sys.platform == "win32", reason="there are no users by number")
@settings(max_examples=80, deadline=None)
@given(
    answers=st.lists(st.one_of(GARBAGE, st.just("refuse")), min_size=1, max_size=6),
    texts=st.lists(TEXTS, min_size=1, max_size=6),
    file=st.binary(max_size=20),
    desktop=st.sampled_from(["", "GNOME", "MATE", "sway"]),
)
def test_a_look_never_raises_whatever_linux_answers(tmp_path_factory, answers, texts, file, desktop):
    root = tmp_path_factory.mktemp("root")
    for name in (
        "supply/BAT0/capacity",
        "supply/BAT0/status",
        "supply/AC/online",
        "lid/LID0/state",
        "7/comm",
        "7/status",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file)
    (root / "supply/BAT0/type").write_text("Battery")
    (root / "pulse").mkdir()
    (root / "pulse/native").touch()
    said, bus = iter(texts * 30), GarbageBus(answers)
    processes = Processes(root)
    environment = {"XDG_CURRENT_DESKTOP": desktop, "XDG_RUNTIME_DIR": str(root), "DISPLAY": ":9"}

    def run(_):
        return next(said)

    readers = (
        LockReader(bus),
        SleepReader(bus),
        LidReader(bus, root / "lid"),
        IdleReader(bus, environment, lambda: float("nan")),
        DoNotDisturbReader(bus, run, environment),
        CameraReader(processes, root / "none/none", run),
        MicrophoneReader(processes, root / "none", run, environment),
        BatteryReader(root / "supply"),
    )
    assert_whole(ReadersSystem(readers).look())


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_what_is_read_is_printed_in_any_encoding(encoding):
    command = [sys.executable, "-m", "posturecam.system"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, timeout=60, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"starts with the session: " in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_behind_what_is_read_is_reported_in_one_line():
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "posturecam.system"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, cwd=ROOT, timeout=60)
    assert done.returncode == 7
    assert_one_line(done.stderr.decode(), "Standard output cannot be written (the disk is full)")
