"""Reading on macOS, from the output of its tools: formats as recorded by others, since there is no Mac here."""

import plistlib

import pytest

from posturecam.system.macos import (
    MacIdleReader,
    MacLidReader,
    MacMicrophoneReader,
    open_macos,
    parse_battery,
    parse_lock,
    parse_recorders,
)
from posturecam.system.reader import Unreadable
from posturecam.system.state import UnknownField


def root(*, console=False, **session):
    """`ioreg -n Root -d1 -a`, with one session of user 501."""
    user = {"kCGSSessionUserIDKey": 501, "kCGSSessionUserNameKey": "ada", "kCGSSessionOnConsoleKey": True} | session
    return plistlib.dumps(
        {"IOConsoleLocked": console, "IOConsoleUsers": [user], "IORegistryEntryName": "Root"}
    ).decode()


def test_a_session_without_a_mark_is_not_locked():
    assert parse_lock(root(), 501) is False


@pytest.mark.parametrize(
    "text",
    [root(CGSSessionScreenIsLocked=True), root(console=True), root(kCGSSessionOnConsoleKey=False)],
    ids=["locked", "console locked", "switched to another user"],
)
def test_a_session_that_is_locked_or_not_at_the_screen(text):
    assert parse_lock(text, 501) is True


def test_the_lock_of_another_users_session_is_not_ours():
    sessions = [
        {"kCGSSessionUserIDKey": 501, "kCGSSessionOnConsoleKey": True},
        {"kCGSSessionUserIDKey": 502, "kCGSSessionOnConsoleKey": False, "CGSSessionScreenIsLocked": True},
    ]
    assert parse_lock(plistlib.dumps({"IOConsoleUsers": sessions}).decode(), 501) is False


@pytest.mark.parametrize("text", ["", plistlib.dumps({"IOConsoleUsers": []}).decode(), root(kCGSSessionUserIDKey=7)])
def test_without_a_session_it_is_unknown(text):
    with pytest.raises(Unreadable, match="no session of this user"):
        parse_lock(text, 501)


@pytest.mark.parametrize("text", ["garbage", "<plist>", "bplist00", "<plist><dict><key>a</key></dict></plist>"])
def test_what_is_not_a_property_list_is_reported(text):
    with pytest.raises(Unreadable, match="ioreg"):
        parse_lock(text, 501)


def test_idle_is_counted_in_nanoseconds():
    said = plistlib.dumps([{"IOObjectClass": "IOHIDSystem", "HIDIdleTime": 4_250_000_000}]).decode()
    assert MacIdleReader(lambda _: said).read() == {"idle_seconds": 4.25}
    several = plistlib.dumps([{"HIDIdleTime": 9_000_000_000}, {"HIDIdleTime": 2_000_000_000}]).decode()
    assert MacIdleReader(lambda _: several).read() == {"idle_seconds": 2.0}, "the last input of any of them"
    with pytest.raises(Unreadable, match="HIDIdleTime"):
        MacIdleReader(lambda _: "").read()


def test_the_lid():
    def power(**keys):
        return MacLidReader(lambda _: plistlib.dumps([{"IOClass": "IOPMrootDomain", **keys}]).decode()).read()

    assert power(AppleClamshellState=True) == {"lid_closed": True}
    assert power(AppleClamshellState=False) == {"lid_closed": False}
    assert power() == {"lid_closed": False}  # a Mac mini
    with pytest.raises(Unreadable):
        MacLidReader(lambda _: "").read()


def test_the_battery():
    text = "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=4849763)\t85%; discharging; 4:12 remaining present: true\n"
    assert parse_battery(text) == {"on_battery": True, "battery_percent": 85.0}
    text = (
        "Now drawing from 'AC Power'\n -InternalBattery-0 (id=4849763)\t100%; charged; 0:00 remaining present: true\n"
    )
    assert parse_battery(text) == {"on_battery": False, "battery_percent": 100.0}
    text += " -InternalBattery-1 (id=4849764)\t50%; charging; 0:30 remaining present: true\n"
    assert parse_battery(text) == {"on_battery": False, "battery_percent": 75.0}
    text = "Now drawing from 'AC Power'\n"
    assert parse_battery(text) == {"on_battery": False, "battery_percent": UnknownField("there is no battery")}
    with pytest.raises(Unreadable):
        parse_battery("Internal failure")


ASSERTIONS = """2026-06-10 13:20:57 +0200
Assertion status system-wide:
   BackgroundTask                 0
   PreventUserIdleSystemSleep     1
Listed by owning process:
   pid 406(coreaudiod): [0x0003687300018c04] 00:28:03 PreventUserIdleSystemSleep named: "com.apple.audio.VPAUAggregateAudioDevice-0x7849c0e40.context.preventuseridlesleep"
	Created for PID: 821.
	Resources: audio-in audio-out BuiltInMicrophoneDevice
   pid 406(coreaudiod): [0x0001000000018c04] 00:00:05 PreventUserIdleSystemSleep named: "com.apple.audio.BuiltInSpeakerDevice.context.preventuseridlesleep"
	Created for PID: 4242.
	Resources: audio-out BuiltInSpeakerDevice
   pid 334(powerd): [0x0003649400018a58] 00:44:34 PreventUserIdleSystemSleep named: "Powerd - Prevent sleep while display is on"
"""


def test_the_sound_system_tells_for_whom_it_records_and_not_for_whom_it_plays():
    assert parse_recorders(ASSERTIONS) == (821,)
    assert parse_recorders(ASSERTIONS.replace("audio-in ", "")) == ()
    assert parse_recorders(ASSERTIONS.replace("\tCreated for PID: 821.\n", "")) == (0,)
    with pytest.raises(Unreadable):
        parse_recorders("")


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("/System/Applications/FaceTime.app/Contents/MacOS/FaceTime\n", ("FaceTime",)),
        ("/System/Library/PrivateFrameworks/CoreSpeech.framework/corespeechd\n", ()),
        (Unreadable("ps failed"), ("process 821",)),
    ],
)
def test_the_program_that_records_is_named_by_ps(name, held):
    def run(command):
        if command[0] != "ps":
            return ASSERTIONS
        assert command[2] == "821"
        if isinstance(name, Exception):
            raise name
        return name

    assert MacMicrophoneReader(run, own=lambda: 1).read() == {"microphone_held_by": held}
    assert MacMicrophoneReader(run, own=lambda: 821).read() == {"microphone_held_by": ()}


def test_without_its_tools_every_field_says_why():
    def missing(command):
        raise Unreadable(f"{command[0]} is not installed")

    state = open_macos(missing).look()
    assert len(state.unreadable) == 9
    assert "full disk access" in state.unreadable["do_not_disturb"]
    assert state.unreadable["locked"] == "ioreg is not installed"
