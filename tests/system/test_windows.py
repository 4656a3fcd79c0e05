"""Reading on Windows, from a fake API and a fake registry, since there is no Windows here."""

import ctypes
import sys

import pytest

from posturecam.system.autostart import WindowsAutostart
from posturecam.system.reader import Unreadable
from posturecam.system.state import UnknownField
from posturecam.system.windows import (
    HolderReader,
    WindowsBatteryReader,
    WindowsDoNotDisturbReader,
    WindowsIdleReader,
    windows_system,
)
from posturecam.system.windows_api import LastInput, PowerStatus, WindowsApi

STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
DAY = 864_000_000_000
NOW = 1_780_000_000.0
FILETIME = int(NOW * 1e7) + 116_444_736_000_000_000


class Api:
    """Windows as the test wants it; an exception instead of a value is raised."""

    def __init__(self, **said):
        self.said = {
            "last_input": 0,
            "ticks": 2 * 86_400_000,
            "power": (1, 128, 255),
            "desktop_is_ours": True,
            "notification_state": 5,
            "own_package": "",
        } | said

    def __getattr__(self, name):
        def tell():
            if isinstance(self.said[name], Exception):
                raise self.said[name]
            return self.said[name]

        return tell


class Key:
    def __init__(self, path):
        self.path = path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


class Registry:
    """The module `winreg` over a dictionary {path: {name: value}}."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = "HKCU", 2, 1

    def __init__(self, keys, *, locked=False):
        self.keys, self.locked = keys, locked

    def _path(self, key, path):
        return path if key == "HKCU" else rf"{key.path}\{path}"

    def OpenKey(self, key, path, _reserved=0, access=0):
        full = self._path(key, path)
        if full not in self.keys and not any(one.startswith(full + "\\") for one in self.keys):
            raise FileNotFoundError(2, "not found")
        if access and self.locked:
            raise PermissionError(5, "Access is denied")
        return Key(full)

    def CreateKeyEx(self, key, path, reserved, access):
        self.keys.setdefault(self._path(key, path), {})
        return self.OpenKey(key, path, reserved, access)

    def EnumKey(self, key, number):
        below = [one[len(key.path) + 1 :].split("\\")[0] for one in self.keys if one.startswith(key.path + "\\")]
        names = sorted(set(below))
        if number >= len(names):
            raise OSError(259, "no more data")
        return names[number]

    def QueryValueEx(self, key, name):
        if name not in self.keys.get(key.path, {}):
            raise FileNotFoundError(2, "not found")
        return self.keys[key.path][name], 11

    def SetValueEx(self, key, name, _reserved, kind, value):
        assert kind == self.REG_SZ
        self.keys[key.path][name] = value

    def DeleteValue(self, key, name):
        if name not in self.keys.get(key.path, {}):
            raise FileNotFoundError(2, "not found")
        del self.keys[key.path][name]


def use(started=FILETIME - DAY // 100, stopped=0):
    return {"LastUsedTimeStart": started, "LastUsedTimeStop": stopped}


def holders(keys, device="webcam", **said):
    registry = Registry({rf"{STORE}\{device}\{path}": values for path, values in keys.items()})
    return HolderReader("camera_held_by", device, Api(**said), registry, now=lambda: NOW).read()["camera_held_by"]


def test_programs_whose_use_has_not_ended_hold_the_camera():
    keys = {
        "MSTeams_8wekyb3d8bbwe": use(),
        "Microsoft.WindowsCamera_8wekyb3d8bbwe": use(stopped=FILETIME),
        r"NonPackaged\C:#Program Files#Zoom#bin#Zoom.exe": use(),
        r"NonPackaged\C:#Program Files#OBS#obs64.exe": use(stopped=FILETIME),
        r"NonPackaged\C:#never#asked.exe": {},
    }
    assert holders(keys) == ("MSTeams", "Zoom")


def test_a_use_that_a_power_cut_ended_does_not_count():
    assert holders({r"NonPackaged\C:#Zoom.exe": use(started=FILETIME - 3 * DAY)}) == ()


def test_our_own_program_does_not_count():
    own = sys.executable.replace("\\", "#")
    assert holders({rf"NonPackaged\{own}": use()}) == ()


def test_our_own_program_does_not_count_with_the_python_of_the_store_either():
    """It runs in a package, and Windows lists it by that."""
    own = "PythonSoftwareFoundation.Python.3.13_qbz5n2kfra8p0"
    keys = {own: use(), "MSTeams_8wekyb3d8bbwe": use(), r"NonPackaged\C:#Zoom.exe": use()}
    assert holders(keys, own_package=own) == ("MSTeams", "Zoom")


def test_a_windows_without_programs_of_the_older_kind():
    assert holders({"MSTeams_8wekyb3d8bbwe": use()}) == ("MSTeams",)


def test_a_windows_that_keeps_no_list_is_unknown():
    with pytest.raises(Unreadable, match="no list of who uses the microphone"):
        HolderReader("microphone_held_by", "microphone", Api(), Registry({})).read()


def test_idle_time_survives_the_wraparound_of_the_tick_count():
    assert WindowsIdleReader(Api(last_input=1000, ticks=6500)).read() == {"idle_seconds": 5.5}
    assert WindowsIdleReader(Api(last_input=2**32 - 500, ticks=2**32 + 1500)).read() == {"idle_seconds": 2.0}


@pytest.mark.parametrize(
    ("power", "on_battery", "percent"),
    [
        ((0, 1, 71), True, 71.0),
        ((1, 8, 90), False, 90.0),
        ((1, 128, 255), False, UnknownField("there is no battery")),
        ((255, 255, 255), UnknownField("Windows does not know it"), UnknownField("Windows does not know the charge")),
    ],
)
def test_the_battery(power, on_battery, percent):
    assert WindowsBatteryReader(Api(power=power)).read() == {"on_battery": on_battery, "battery_percent": percent}


@pytest.mark.parametrize("state", [2, 3, 4, 6])
def test_full_screens_and_presentations_count_as_do_not_disturb(state):
    assert WindowsDoNotDisturbReader(Api(notification_state=state)).read() == {"do_not_disturb": True}


@pytest.mark.parametrize("state", [1, 5, 7, 99])
def test_otherwise_the_users_focus_is_unknown_not_off(state):
    with pytest.raises(Unreadable, match="Focus"):
        WindowsDoNotDisturbReader(Api(notification_state=state)).read()


def test_a_whole_look():
    system = windows_system(Api(desktop_is_ours=False), Registry({rf"{STORE}\webcam\A_1": use()}))
    state = system.look()
    assert state.locked is True
    assert state.on_battery is False
    assert state.microphone_held_by is None
    assert state.asleep is None


def test_calls_that_windows_refuses_leave_the_others_working():
    refusals = dict.fromkeys(["last_input", "power", "notification_state", "desktop_is_ours"], OSError("failed"))
    state = windows_system(Api(**refusals), Registry({rf"{STORE}\webcam\A_1": use(stopped=1)})).look()
    assert state.camera_held_by == ()
    assert state.idle_seconds is state.on_battery is state.locked is None


def test_the_structures_have_the_sizes_that_windows_expects():
    assert ctypes.sizeof(LastInput) == 8
    assert ctypes.sizeof(PowerStatus) == 12


@pytest.mark.skipif(sys.platform == "win32", reason="here it is Windows")
def test_the_api_says_that_this_is_not_windows():
    with pytest.raises(OSError, match="not Windows"):
        WindowsApi()


# Autostart

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"


def test_the_registry_starts_it_and_stops_to(tmp_path):
    registry = Registry({})
    autostart = WindowsAutostart(registry)
    assert not autostart.enabled()
    autostart.disable()
    program = tmp_path / "Program Files/pythonw.exe"
    program.parent.mkdir()
    program.touch()
    autostart.enable([str(program), "-m", "posturecam", "--minimized"])
    assert registry.keys[RUN]["posturecam"] == f'"{program}" -m posturecam --minimized'
    assert autostart.enabled()
    autostart.disable()
    assert not autostart.enabled()


def test_what_the_task_manager_switched_off_is_off_until_it_is_switched_on_here():
    registry = Registry({RUN: {"posturecam": "x"}, APPROVED: {"posturecam": bytes([3, 0, 0, 0])}})
    autostart = WindowsAutostart(registry)
    assert not autostart.enabled()
    registry.keys[APPROVED]["posturecam"] = bytes([2, 0, 0, 0])
    assert autostart.enabled()
    registry.keys[APPROVED]["posturecam"] = bytes([3, 0, 0, 0])
    autostart.enable(["x"])
    assert autostart.enabled()


@pytest.mark.parametrize("name", ["Program Files", "tools"])
def test_a_value_whose_program_is_gone_is_off(tmp_path, name):
    autostart = WindowsAutostart(Registry({}))
    program = tmp_path / name / "posturecam.exe"
    program.parent.mkdir()
    program.touch()
    autostart.enable([str(program), "--minimized"])
    assert autostart.enabled()
    program.unlink()
    assert not autostart.enabled()


def test_a_program_whose_end_nothing_marks_counts_as_there():
    command = r"C:\Program Files\posturecam\posturecam.exe --minimized"
    assert WindowsAutostart(Registry({RUN: {"posturecam": command}})).enabled()


def test_a_registry_that_may_not_be_written_is_reported():
    from posturecam.errors import SettingsError

    autostart = WindowsAutostart(Registry({RUN: {"posturecam": "x"}}, locked=True))
    for change in (lambda: autostart.enable(["x"]), autostart.disable):
        with pytest.raises(SettingsError, match="task manager"):
            change()
