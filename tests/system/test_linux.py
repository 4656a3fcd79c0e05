"""Reading on Linux without D-Bus, from trees that imitate /sys and /proc and from recorded output of the tools."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from fakes.x_server import x_server

from posturecam.system.bus import Refused
from posturecam.system.linux import idle
from posturecam.system.linux.battery import BatteryReader
from posturecam.system.linux.camera import CameraReader
from posturecam.system.linux.do_not_disturb import DoNotDisturbReader
from posturecam.system.linux.microphone import MicrophoneReader, monitors, owner_of, recording_streams
from posturecam.system.linux.pipewire import camera_users, microphone_users
from posturecam.system.linux.processes import Processes
from posturecam.system.reader import ReadersSystem, Unreadable
from posturecam.system.state import UnknownField

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no /proc, and nothing like it")


def plant(root, files):
    """Write files under a folder, {path: text}."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


class Tools:
    """Runs no tool; returns the prepared output for the first matching words, and records the calls."""

    def __init__(self, said):
        self.said, self.asked = said, []

    def __call__(self, command):
        self.asked.append(" ".join(command))
        for words, answer in self.said.items():
            if words in self.asked[-1]:
                if isinstance(answer, Exception):
                    raise answer
                return answer
        raise Unreadable(f"{command[0]} is not installed")


# Battery

PLUG = {"AC/type": "Mains\n", "AC/online": "1\n"}
UNPLUGGED = {"AC/type": "Mains\n", "AC/online": "0\n"}
BATTERY = {"BAT0/type": "Battery\n", "BAT0/status": "Discharging\n", "BAT0/capacity": "62\n"}


def test_on_battery_with_its_charge(tmp_path):
    assert BatteryReader(plant(tmp_path, UNPLUGGED | BATTERY)).read() == {"on_battery": True, "battery_percent": 62.0}


def test_plugged_in_even_while_a_weak_charger_lets_it_discharge(tmp_path):
    assert BatteryReader(plant(tmp_path, PLUG | BATTERY)).read()["on_battery"] is False


def test_a_mouse_with_a_battery_is_no_battery_of_the_computer(tmp_path):
    mouse = {"hid/type": "Battery\n", "hid/scope": "Device\n", "hid/status": "Discharging\n", "hid/capacity": "5\n"}
    said = BatteryReader(plant(tmp_path, PLUG | mouse)).read()
    assert said == {"on_battery": False, "battery_percent": UnknownField("there is no battery")}


def test_two_batteries_are_weighed_by_what_they_hold(tmp_path):
    two = {
        "BAT0/type": "Battery", "BAT0/status": "Full", "BAT0/energy_now": "10000000", "BAT0/energy_full": "10000000",
        "BAT1/type": "Battery", "BAT1/status": "Discharging", "BAT1/energy_now": "15000000", "BAT1/energy_full": "40000000",
    }  # fmt: skip
    said = BatteryReader(plant(tmp_path, two)).read()
    assert said == {"on_battery": True, "battery_percent": pytest.approx(50.0)}


@pytest.mark.parametrize(
    ("status", "on_battery"), [("Charging", False), ("Full", False), ("Not charging", False), ("Discharging", True)]
)
def test_without_a_plug_the_battery_tells(tmp_path, status, on_battery):
    files = {"BAT0/type": "Battery", "BAT0/status": status, "BAT0/capacity": "80"}
    assert BatteryReader(plant(tmp_path, files)).read()["on_battery"] is on_battery


@pytest.mark.parametrize("capacity", ["", "-1", "300", "half", "9" * 5000])
def test_a_battery_that_tells_nothing_is_unknown_not_empty(tmp_path, capacity):
    files = {"BAT0/type": "Battery", "BAT0/status": "Unknown", "BAT0/capacity": capacity}
    state = ReadersSystem([BatteryReader(plant(tmp_path, files))]).look()
    assert state.on_battery is None
    assert state.battery_percent is None


def test_a_desktop_computer_is_not_on_battery(tmp_path):
    assert BatteryReader(tmp_path).read()["on_battery"] is False


def test_without_the_kernels_files_nothing_is_known(tmp_path):
    with pytest.raises(Unreadable, match="missing"):
        BatteryReader(tmp_path / "none").read()


# Who holds the camera


def process(root, number, name, *, parent=1, opened=(), threads=()):
    """A process in a tree like /proc."""
    plant(
        root, {f"{number}/comm": f"{name}\n", f"{number}/status": f"Name:\t{name}\nTgid:\t{number}\nPPid:\t{parent}\n"}
    )
    for thread in threads:
        plant(
            root,
            {f"{thread}/comm": "worker\n", f"{thread}/status": f"Name:\tworker\nTgid:\t{number}\nPPid:\t{parent}\n"},
        )
    (root / f"{number}/fd").mkdir(exist_ok=True)
    for handle, path in enumerate(opened):
        (root / f"{number}/fd/{handle}").symlink_to(path)
    return root


@pytest.fixture
def proc(tmp_path):
    """A tree like /proc in which 100 is our own process."""
    root = tmp_path / "proc"
    process(root, 1, "init", parent=0)
    process(root, 100, "posturecam", opened=["/dev/null"])
    (root / "self").mkdir()
    (root / "meminfo").write_text("MemTotal: 1 kB")
    return root


def camera_reader(proc, tmp_path, said=None):
    return CameraReader(Processes(proc, own=100), tmp_path / "unknown/video4linux", Tools(said or {}))


def test_a_program_that_holds_a_camera_is_named(proc, tmp_path):
    process(proc, 200, "zoom", opened=["/dev/null", "/dev/video0"])
    process(proc, 300, "bash", opened=["/dev/pts/0", "/dev/video-notes.txt"])
    assert camera_reader(proc, tmp_path).read() == {"camera_held_by": ("zoom",)}


def test_our_own_processes_do_not_count(proc, tmp_path):
    process(proc, 150, "helper", parent=100, opened=["/dev/video0"])
    process(proc, 160, "helper", parent=150, opened=["/dev/video0"])
    assert camera_reader(proc, tmp_path).read() == {"camera_held_by": ()}


def test_a_process_that_ends_while_it_is_read_is_passed_over(proc, tmp_path):
    (proc / "400").mkdir()
    process(proc, 500, "guvcview", opened=["/dev/video2"])
    shutil.rmtree(proc / "500/fd")
    (proc / "500/fd").write_text("gone")
    assert camera_reader(proc, tmp_path).read() == {"camera_held_by": ()}


def test_a_loop_among_parents_ends(proc, tmp_path):
    process(proc, 200, "a", parent=201, opened=["/dev/video0"])
    process(proc, 201, "b", parent=200)
    assert camera_reader(proc, tmp_path).read() == {"camera_held_by": ("a",)}


# Recorded from PipeWire 0.3.65 with WirePlumber 0.4.13: pw-record hears a test microphone, gst-launch sees a test camera.
DUMP = """[
{"id": 27, "type": "PipeWire:Interface:Node", "info": {"state": "running", "props": {"media.class": "Video/Source", "media.role": "Camera", "node.name": "testcam"}}},
{"id": 29, "type": "PipeWire:Interface:Node", "info": {"state": "running", "props": {"media.class": "Audio/Source", "node.name": "testmic"}}},
{"id": 30, "type": "PipeWire:Interface:Node", "info": {"state": "suspended", "props": {"node.name": "Dummy-Driver"}}},
{"id": 39, "type": "PipeWire:Interface:Client", "info": {"props": {"application.name": "pw-cat", "application.process.binary": "pw-cat", "pipewire.sec.pid": 21361}}},
{"id": 40, "type": "PipeWire:Interface:Node", "info": {"state": "running", "props": {"application.name": "pw-record", "client.id": 39, "media.class": "Stream/Input/Audio", "node.name": "pw-record"}}},
{"id": 45, "type": "PipeWire:Interface:Link", "info": {"output-node-id": 29, "input-node-id": 40, "state": "active", "props": {"client.id": 33}}},
{"id": 46, "type": "PipeWire:Interface:Link", "info": {"output-node-id": 29, "input-node-id": 40, "state": "paused", "props": {"client.id": 33}}},
{"id": 52, "type": "PipeWire:Interface:Client", "info": {"props": {"application.name": "gst-launch-1.0", "application.process.binary": "gst-launch-1.0", "pipewire.sec.pid": 21600}}},
{"id": 53, "type": "PipeWire:Interface:Node", "info": {"state": "running", "props": {"client.id": 52, "media.class": "Stream/Input/Video", "node.name": "gst-launch-1.0"}}},
{"id": 55, "type": "PipeWire:Interface:Link", "info": {"output-node-id": 27, "input-node-id": 53, "state": "active", "props": {"client.id": 33}}}
]"""


def nobody(_):
    return False


def test_pipewire_names_who_sees_and_who_hears():
    assert camera_users(DUMP, nobody) == ("gst-launch-1.0",)
    assert microphone_users(DUMP, nobody) == ("pw-record",)


def test_pipewires_links_of_our_own_do_not_count():
    assert camera_users(DUMP, lambda number: number == 21600) == ()


def changed(number, **properties):
    """The dump with some properties of one object changed."""
    objects = json.loads(DUMP)
    next(one for one in objects if one["id"] == number)["info"]["props"] |= properties
    return json.dumps(objects)


def test_a_shared_screen_is_not_a_camera():
    assert camera_users(changed(27, **{"media.role": "Screen"}), nobody) == ()


def test_the_sound_of_a_loudspeaker_is_not_a_microphone():
    assert microphone_users(changed(29, **{"media.class": "Audio/Sink"}), nobody) == ()


def test_effects_that_stand_between_are_not_in_a_meeting():
    assert microphone_users(changed(39, **{"application.process.binary": "easyeffects"}), nobody) == ()


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"id": 1}, {"id": 2, "info": {}}]', '{"a": 1}', "null"])
def test_an_invalid_dump_is_reported(text):
    with pytest.raises(Unreadable, match="pw-dump gave something unexpected"):
        camera_users(text, nobody)


def test_a_camera_held_by_pipewire_is_held_by_whom_it_is_linked_to(proc, tmp_path):
    process(proc, 200, "pipewire", opened=["/dev/video0"])
    process(proc, 201, "wireplumber", opened=["/dev/video0"])
    assert camera_reader(proc, tmp_path, {"pw-dump": DUMP}).read() == {"camera_held_by": ("gst-launch-1.0",)}
    assert camera_reader(proc, tmp_path, {"pw-dump": "[]"}).read() == {"camera_held_by": ()}


def test_a_camera_held_by_pipewire_that_does_not_tell_is_unknown_not_free(proc, tmp_path):
    process(proc, 200, "pipewire", opened=["/dev/video0"])
    with pytest.raises(Unreadable, match="pw-dump is not installed"):
        camera_reader(proc, tmp_path).read()
    process(proc, 300, "zoom", opened=["/dev/video1"])
    assert camera_reader(proc, tmp_path).read() == {"camera_held_by": ("zoom",)}


def driver(tmp_path, count):
    """A tree like /sys/class/video4linux: two devices of one driver that was opened this many times."""
    module = plant(tmp_path, {"module/uvcvideo/refcnt": f"{count}\n"}) / "module/uvcvideo"
    (tmp_path / "drivers/uvcvideo").mkdir(parents=True)
    (tmp_path / "drivers/uvcvideo/module").symlink_to(module)
    for name in ("video0", "video1"):
        (tmp_path / f"video4linux/{name}/device").mkdir(parents=True)
        (tmp_path / f"video4linux/{name}/device/driver").symlink_to(tmp_path / "drivers/uvcvideo")
    return tmp_path / "video4linux"


@pytest.mark.parametrize(("count", "expected"), [(0, ()), (1, ()), (2, ("zoom",))])
def test_the_drivers_count_says_whether_anybody_else_has_it_open(proc, tmp_path, count, expected):
    """One opening is ours; a process missing from the count would show that all of them were examined."""
    (proc / "100/fd/7").symlink_to("/dev/video0")
    process(proc, 200, "zoom", opened=["/dev/video0"])
    reader = CameraReader(Processes(proc, own=100), driver(tmp_path, count), Tools({}))
    assert reader.read() == {"camera_held_by": expected}


def test_without_any_driver_of_cameras_nobody_holds_one(proc, tmp_path):
    process(proc, 200, "zoom", opened=["/dev/video0"])
    reader = CameraReader(Processes(proc, own=100), tmp_path / "video4linux", Tools({}))
    assert reader.read() == {"camera_held_by": ()}


def test_processes_of_this_machine_can_be_read():
    processes = Processes()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert processes.is_ours(os.getpid())
        assert processes.is_ours(child.pid)
        assert child.pid in set(processes.others())
        assert not processes.is_ours(1)
        assert not processes.is_ours(2**30)
        assert processes.name(2**30) == f"process {2**30}"
    finally:
        child.communicate(b"\n")


# Who holds the microphone

# Recorded from `pactl -f json list source-outputs` of PulseAudio 16.1, shortened.
STREAM = """{"index":0,"driver":"protocol-native.c","owner_module":"2","client":"1","source":1,"sample_specification":"s16le 2ch 44100Hz","corked":false,"mute":false,"balance":0.00,"source_latency_usec":1661620.00,"resample_method":"","properties":{"application.name":"parec","media.name":"parec","application.process.id":"14608","application.process.user":"root","application.process.binary":"pacat","application.language":"C.UTF-8"}}"""
SOURCES = """[{"index":0,"name":"out.monitor","driver":"module-null-sink.c","sample_specification":"s16le 2ch 44100Hz","state":"IDLE"},{"index":1,"name":"mic","driver":"module-null-source.c","sample_specification":"s16le 2ch 44100Hz","state":"IDLE"}]"""


def stream(properties=None, **changes):
    one = json.loads(STREAM) | changes
    one["properties"] |= properties or {}
    return json.dumps([one])


def test_a_recording_stream_is_seen():
    assert [one["index"] for one in recording_streams(f"[{STREAM}]")] == [0]
    assert monitors(SOURCES) == {0}
    assert recording_streams("") == recording_streams("[]") == []


@pytest.mark.parametrize(
    "text",
    [
        stream(corked=True),
        stream(resample_method="peaks"),
        stream({"media.name": "Peak detect"}),
        stream({"stream.monitor": "true"}),
        stream({"application.id": "org.PulseAudio.pavucontrol"}),
        stream({"application.process.binary": "easyeffects"}),
        stream(client="n/a"),
        stream(source=2**32 - 1),
    ],
    ids=["paused", "peaks", "peak detect", "level meter", "mixer", "effects", "a module of the server", "not linked"],
)
def test_programs_that_only_measure_or_are_paused_do_not_record(text):
    assert recording_streams(text) == []


@pytest.mark.parametrize("text", ["Connection failure", "{", "[1]", "[{}]", '[{"corked": false, "properties": 3}]'])
def test_an_answer_that_is_not_a_list_of_streams_is_reported(text):
    with pytest.raises(Unreadable, match="pactl gave something unexpected"):
        recording_streams(text)


@pytest.fixture
def session(tmp_path):
    """The environment of a session with a sound server."""
    (tmp_path / "run/pulse").mkdir(parents=True)
    (tmp_path / "run/pulse/native").touch()
    return {"XDG_RUNTIME_DIR": str(tmp_path / "run")}


def microphone_reader(proc, tmp_path, said, environment, tools=None):
    return MicrophoneReader(Processes(proc, own=100), tmp_path / "asound", tools or Tools(said), environment)


def test_a_program_that_records_is_named(proc, tmp_path, session):
    said = {"source-outputs": f"[{STREAM}]", "sources": SOURCES}
    assert microphone_reader(proc, tmp_path, said, session).read() == {"microphone_held_by": ("parec",)}


def test_recording_a_loudspeaker_is_not_using_a_microphone(proc, tmp_path, session):
    said = {"source-outputs": stream(source=0), "sources": SOURCES}
    assert microphone_reader(proc, tmp_path, said, session).read() == {"microphone_held_by": ()}


def test_what_we_record_ourselves_does_not_count(proc, tmp_path, session):
    process(proc, 14608, "parec", parent=100)
    said = {"source-outputs": f"[{STREAM}]", "sources": SOURCES}
    assert microphone_reader(proc, tmp_path, said, session).read() == {"microphone_held_by": ()}


def test_sources_are_not_asked_for_while_nobody_records(proc, tmp_path, session):
    tools = Tools({"source-outputs": "[]"})
    assert microphone_reader(proc, tmp_path, {}, session, tools).read() == {"microphone_held_by": ()}
    assert len(tools.asked) == 1


def test_without_a_sound_server_pactl_is_not_run_for_it_might_start_one(proc, tmp_path):
    tools = Tools({"source-outputs": "[]"})
    reader = microphone_reader(proc, tmp_path, {}, {}, tools)
    with pytest.raises(Unreadable, match="no sound server in this session, and no ALSA"):
        reader.read()
    assert tools.asked == []


def test_pipewire_is_asked_itself_where_pactl_is_missing(proc, tmp_path, session):
    (tmp_path / "run/pipewire-0").touch()
    assert microphone_reader(proc, tmp_path, {"pw-dump": DUMP}, session).read() == {
        "microphone_held_by": ("pw-record",)
    }


def test_a_server_that_cannot_be_asked_leaves_it_unknown_not_free(proc, tmp_path, session):
    with pytest.raises(Unreadable, match="pactl is not installed"):
        microphone_reader(proc, tmp_path, {}, session).read()


# As in the kernel's documentation of /proc/asound.
RUNNING = "state: RUNNING\nowner_pid   : 205\ntrigger_time: 5124.5\ntstamp      : 0.0\ndelay       : 0\n"


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        (RUNNING, 205),
        *((RUNNING.replace("RUNNING", state), 205) for state in ("PREPARED", "DRAINING", "XRUN")),
        *((RUNNING.replace("RUNNING", state), None) for state in ("OPEN", "SETUP", "PAUSED", "SUSPENDED")),
        ("closed\n", None),
        ("state: RUNNING\n", 0),
        ("", None),
    ],
)
def test_alsa_tells_which_thread_records(text, owner):
    assert owner_of(text) == owner


def test_a_program_that_records_past_the_server_is_named_by_its_process(proc, tmp_path):
    process(proc, 200, "arecord", threads=[205])
    plant(
        tmp_path / "asound",
        {"card0/pcm0c/sub0/status": RUNNING, "card0/pcm0p/sub0/status": RUNNING.replace("205", "300")},
    )
    reader = microphone_reader(proc, tmp_path, {}, {})
    assert reader.read() == {"microphone_held_by": ("arecord",)}
    plant(tmp_path / "asound", {"card0/pcm0c/sub0/status": "closed\n"})
    assert reader.read() == {"microphone_held_by": ()}


def test_a_device_that_the_sound_server_holds_is_reported_by_the_server(proc, tmp_path, session):
    process(proc, 205, "pipewire")
    plant(tmp_path / "asound", {"card0/pcm0c/sub0/status": RUNNING})
    assert microphone_reader(proc, tmp_path, {"source-outputs": "[]"}, session).read() == {"microphone_held_by": ()}


# Do not disturb in settings


class NoBus:
    def ask(self, question):
        raise Refused(f"{question.service} did not tell")


@pytest.mark.parametrize(
    ("desktop", "said", "quiet"),
    [
        ("ubuntu:GNOME", "false\n", True),
        ("GNOME", "true\n", False),
        ("X-Cinnamon", "false\n", True),
        ("MATE", "true\n", True),
        ("MATE", "false\n", False),
    ],
)
def test_desktops_that_keep_it_in_their_settings(desktop, said, quiet):
    reader = DoNotDisturbReader(NoBus(), Tools({"gsettings get": said}), {"XDG_CURRENT_DESKTOP": desktop})
    assert reader.read() == {"do_not_disturb": quiet}


@pytest.mark.parametrize("said", ["", "maybe", "No such schema", Unreadable("gsettings failed (No such schema)")])
def test_settings_that_say_something_else_leave_it_unknown(said):
    reader = DoNotDisturbReader(NoBus(), Tools({"gsettings get": said}), {"XDG_CURRENT_DESKTOP": "GNOME"})
    with pytest.raises(Unreadable, match="gsettings"):
        reader.read()


# Idle on X11


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="there is no Xvfb")
def test_a_real_x_server_tells_how_long_nothing_was_touched(monkeypatch):
    with x_server("16x16x24") as display:
        monkeypatch.setenv("DISPLAY", display)
        reader = idle.IdleReader(NoBus(), dict(os.environ, WAYLAND_DISPLAY="", XDG_SESSION_TYPE="x11"))
        try:
            seconds = reader.read()["idle_seconds"]
        except Unreadable as problem:
            pytest.skip(str(problem))
        assert 0 <= seconds < 60


def test_an_x_server_that_is_not_there_is_reported(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":9999")
    with pytest.raises(Unreadable):
        idle.IdleReader(NoBus(), {"DISPLAY": ":9999"}).read()
