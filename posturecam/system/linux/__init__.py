"""Linux: D-Bus services, /sys, /proc, and the sound server's own tool. Each module reads one group of fields."""

from __future__ import annotations

from posturecam.system.bus import Bus
from posturecam.system.linux.battery import BatteryReader
from posturecam.system.linux.camera import CameraReader
from posturecam.system.linux.do_not_disturb import DoNotDisturbReader
from posturecam.system.linux.idle import IdleReader
from posturecam.system.linux.lock import LockReader
from posturecam.system.linux.microphone import MicrophoneReader
from posturecam.system.linux.sleep import LidReader, SleepReader
from posturecam.system.reader import ReadersSystem


def open_linux(bus: Bus | None = None) -> ReadersSystem:
    """The system, read by all that is here; another bus for tests."""
    bus = bus or Bus()
    readers = (
        LockReader(bus),
        SleepReader(bus),
        LidReader(bus),
        IdleReader(bus),
        DoNotDisturbReader(bus),
        CameraReader(),
        MicrophoneReader(),
        BatteryReader(),
    )
    return ReadersSystem(readers, shut=bus.close)
