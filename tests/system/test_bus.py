"""Reading over D-Bus, from services that imitate logind, UPower and the desktops on a bus of the test's own."""

import asyncio
import gc
import shutil
import signal
import subprocess
import threading
import time

import pytest

from posturecam.system.bus import Bus, Question, Refused, property_of
from posturecam.system.linux import open_linux
from posturecam.system.linux.do_not_disturb import DoNotDisturbReader
from posturecam.system.linux.idle import IdleReader
from posturecam.system.linux.lock import LockReader
from posturecam.system.linux.sleep import LidReader, SleepReader
from posturecam.system.reader import Unreadable

pytest.importorskip("dbus_fast")
pytestmark = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="there is no dbus-daemon")

HANG = object()
"""Instead of an answer: none ever comes."""

PATIENT = 10.0
"""Seconds allowed for real answers, on a machine that is busy with other tests."""

LOGIN = "org.freedesktop.login1"
MANAGER, SESSION = f"{LOGIN}.Manager", f"{LOGIN}.Session"
NOTIFICATIONS = "org.freedesktop.Notifications"


class Services:
    """Answers, on one connection, for any number of names: {(interface, method or property): (signature, value)}."""

    def __init__(self, address, names, answers):
        self.answers = dict(answers)
        self.flags = []
        self._address, self._names = address, names
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def close(self):
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def _run(self):
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self):
        from dbus_fast.aio import MessageBus

        self._over = asyncio.Event()
        bus = await MessageBus(bus_address=self._address).connect()
        bus.add_message_handler(self._answer)
        for name in self._names:
            await bus.request_name(name)
        self._ready.set()
        await self._over.wait()
        bus.disconnect()
        await bus.wait_for_disconnect()

    def _answer(self, message):
        from dbus_fast import Message, MessageType, Variant

        if message.message_type is not MessageType.METHOD_CALL:
            return None
        self.flags.append(message.flags)
        is_property = message.member == "Get"
        key = tuple(message.body) if is_property else (message.interface, message.member)
        answer = self.answers.get(key)
        if answer is HANG:
            return True
        if answer is None:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "no such thing")
        signature, value = answer
        if is_property:
            signature, value = "v", Variant(signature, value)
        return Message.new_method_return(message, signature, [value])


def bus_command(address):
    """Starts a bus at this address; at its own choice of one its socket would be left in the system's temporary folder."""
    return ["dbus-daemon", "--session", "--nofork", "--print-address", f"--address={address}"]


@pytest.fixture
def daemon(tmp_path):
    """A separate bus: its address and its process."""
    command = bus_command(f"unix:path={tmp_path}/bus")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    yield process.stdout.readline().decode().strip(), process
    process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture
def bus(daemon):
    """posturecam's connection; that one bus is both session and system bus."""
    address, _ = daemon
    connection = Bus(seconds=PATIENT, addresses={"session": address, "system": address})
    yield connection
    connection.close()


@pytest.fixture
def serve(daemon):
    """Starts services on the bus."""
    started = []

    def start(names, answers):
        started.append(Services(daemon[0], names, answers))
        return started[-1]

    yield start
    for services in started:
        services.close()


# Locked


def test_locked_according_to_logind_counts(bus, serve):
    serve([LOGIN], {(SESSION, "LockedHint"): ("b", True)})
    assert LockReader(bus).read() == {"locked": True}


def test_logind_alone_cannot_say_not_locked_for_not_every_locker_tells_it(bus, serve):
    serve([LOGIN], {(SESSION, "LockedHint"): ("b", False)})
    with pytest.raises(Unreadable, match="logind knows of no lock"):
        LockReader(bus).read()


@pytest.mark.parametrize("name", ["org.gnome.ScreenSaver", "org.freedesktop.ScreenSaver", "org.xfce.ScreenSaver"])
def test_the_screen_saver_of_the_desktop_says_locked_and_not_locked(bus, serve, name):
    services = serve([name], {(name, "GetActive"): ("b", False)})
    reader = LockReader(bus)
    assert reader.read() == {"locked": False}
    services.answers[(name, "GetActive")] = ("b", True)
    assert reader.read() == {"locked": True}


def test_a_screen_saver_that_does_not_tell_is_passed_over(bus, serve):
    gnome, kde = "org.gnome.ScreenSaver", "org.freedesktop.ScreenSaver"
    serve([gnome, kde], {(kde, "GetActive"): ("b", True)})
    assert LockReader(bus).read() == {"locked": True}


def test_it_is_reported_if_no_service_knows_about_locks(bus):
    with pytest.raises(Unreadable, match=r"no screen saver answers on D-Bus; logind: .* did not tell"):
        LockReader(bus).read()


# Sleep and lid


def test_logind_tells_of_sleep_and_lid(bus, serve, tmp_path):
    serve([LOGIN], {(MANAGER, "PreparingForSleep"): ("b", True), (MANAGER, "LidClosed"): ("b", True)})
    assert SleepReader(bus).read() == {"asleep": True}
    assert LidReader(bus, tmp_path).read() == {"lid_closed": True}


def test_upower_tells_of_the_lid_where_logind_is_missing(bus, serve, tmp_path):
    upower = "org.freedesktop.UPower"
    serve([upower], {(upower, "LidIsClosed"): ("b", True)})
    assert LidReader(bus, tmp_path).read() == {"lid_closed": True}


@pytest.mark.parametrize(("text", "closed"), [("state:      open\n", False), ("state:      closed\n", True)])
def test_the_kernel_tells_of_the_lid_where_no_service_does(bus, tmp_path, text, closed):
    (tmp_path / "LID0").mkdir()
    (tmp_path / "LID0/state").write_text(text)
    assert LidReader(bus, tmp_path).read() == {"lid_closed": closed}


def test_no_lid_anywhere_is_unknown(bus, tmp_path):
    with pytest.raises(Unreadable, match="login1"):
        LidReader(bus, tmp_path).read()


# Idle

MUTTER = "org.gnome.Mutter.IdleMonitor"
KDE = "org.freedesktop.ScreenSaver"


def no_x():
    raise Unreadable("libXss.so.1 is not installed")


def test_gnome_tells_milliseconds_on_wayland(bus, serve):
    serve([MUTTER], {(MUTTER, "GetIdletime"): ("t", 12_500)})
    assert IdleReader(bus, {"WAYLAND_DISPLAY": "wayland-0"}, no_x).read() == {"idle_seconds": 12.5}


def test_on_x11_the_x_server_is_asked_where_gnome_is_not(bus):
    assert IdleReader(bus, {"DISPLAY": ":0"}, lambda: 7.0).read() == {"idle_seconds": 7.0}


def test_kde_is_asked_on_x11_without_the_extension(bus, serve):
    serve([KDE], {(KDE, "GetSessionIdleTime"): ("u", 3000)})
    assert IdleReader(bus, {"DISPLAY": ":0"}, no_x).read() == {"idle_seconds": 3.0}


@pytest.mark.parametrize(
    "environment", [{"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, {"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"}]
)
def test_on_wayland_the_x_server_does_not_count(bus, serve, environment):
    serve([KDE], {(KDE, "GetSessionIdleTime"): ("u", 0)})
    with pytest.raises(Unreadable, match="on Wayland only GNOME"):
        IdleReader(bus, environment, lambda: 7.0).read()


# Do not disturb


@pytest.mark.parametrize("quiet", [True, False])
@pytest.mark.parametrize(
    ("name", "key", "answer"),
    [
        (NOTIFICATIONS, (NOTIFICATIONS, "Inhibited"), lambda quiet: ("b", quiet)),
        (NOTIFICATIONS, ("org.dunstproject.cmd0", "paused"), lambda quiet: ("b", quiet)),
        ("org.erikreider.swaync.cc", ("org.erikreider.swaync.cc", "GetDnd"), lambda quiet: ("b", quiet)),
        (
            NOTIFICATIONS,
            ("fr.emersion.Mako", "ListModes"),
            lambda quiet: ("as", ["default", "do-not-disturb"] if quiet else ["default"]),
        ),
        ("org.xfce.Xfconf", ("org.xfce.Xfconf", "GetProperty"), lambda quiet: ("v", variant(quiet))),
    ],
    ids=["kde", "dunst", "swaync", "mako", "xfce"],
)
def test_do_not_disturb_of_each_notification_service(bus, serve, name, key, answer, quiet):
    serve([name], {key: answer(quiet)})
    reader = DoNotDisturbReader(bus, environment={})
    assert reader.read() == {"do_not_disturb": quiet}
    assert reader.read() == {"do_not_disturb": quiet}


def variant(value):
    from dbus_fast import Variant

    return Variant("b", value)


def test_a_service_that_cannot_be_asked_leaves_it_unknown(bus, serve):
    serve([NOTIFICATIONS], {})
    with pytest.raises(Unreadable, match="no notification service of this session tells it"):
        DoNotDisturbReader(bus, environment={}).read()


# Trouble


def test_no_service_is_started_by_being_asked(bus, serve):
    from dbus_fast import MessageFlag

    services = serve([LOGIN], {(MANAGER, "LidClosed"): ("b", False)})
    bus.ask(property_of("system", LOGIN, "/org/freedesktop/login1", MANAGER, "LidClosed"))
    assert services.flags == [MessageFlag.NO_AUTOSTART]


def test_a_service_that_is_missing_refuses_at_once(bus):
    with pytest.raises(Refused, match=r"org\.none did not tell"):
        bus.ask(Question("session", "org.none", "/", "org.none", "Ask"))


def test_a_service_that_hangs_is_given_up_and_the_others_still_answer(daemon, serve, tmp_path):
    serve([LOGIN], {(MANAGER, "PreparingForSleep"): HANG, (MANAGER, "LidClosed"): ("b", True)})
    bus = Bus(seconds=0.4, addresses={"system": daemon[0]})
    with pytest.raises(Unreadable, match=r"did not answer within 0.4 s"):
        SleepReader(bus).read()
    assert LidReader(bus, tmp_path).read() == {"lid_closed": True}
    bus.close()


def test_a_bus_that_dies_is_reported_and_one_that_comes_back_is_used_again(tmp_path):
    address = f"unix:path={tmp_path}/bus"
    command, bus = bus_command(address), Bus(seconds=PATIENT, addresses={"system": address})

    def start():
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.readline()
        return process

    def end(process):
        process.kill()
        process.wait()
        process.stdout.close()

    answers = {(MANAGER, "PreparingForSleep"): ("b", False)}
    first = start()
    services = Services(address, [LOGIN], answers)
    assert SleepReader(bus).read() == {"asleep": False}
    services.close()
    end(first)
    with pytest.raises(Unreadable, match="bus"):
        SleepReader(bus).read()
    second = start()
    services = Services(address, [LOGIN], answers)
    assert SleepReader(bus).read() == {"asleep": False}
    services.close()
    bus.close()
    end(second)


def test_a_bus_that_stands_still_costs_no_more_than_its_time(daemon):
    address, process = daemon
    process.send_signal(signal.SIGSTOP)
    bus = Bus(seconds=0.05, addresses={"session": address, "system": address})
    began = time.monotonic()
    with pytest.raises(Unreadable, match=r"did not answer within 0.05 s"):
        SleepReader(bus).read()
    bus.close()
    assert time.monotonic() - began < 5


def test_something_else_that_listens_in_place_of_a_bus_is_no_bus(tmp_path):
    import socket

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "bus"))
        listener.listen(1)
        bus = Bus(seconds=0.05, addresses={"system": f"unix:path={tmp_path}/bus"})
        with pytest.raises(Unreadable, match="the system bus did not answer"):
            SleepReader(bus).read()
        bus.close()


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "nonsense", "tcp:host=", ""])
def test_an_address_without_a_bus_is_reported(address, monkeypatch, tmp_path):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    bus = Bus(addresses={"session": address})
    with pytest.raises(Unreadable, match="there is no session bus"):
        bus.ask(Question("session", "org.none", "/", "org.none", "Ask"))
    bus.close()


@pytest.mark.usefixtures("daemon")
def test_the_session_bus_is_found_where_systemd_puts_it(monkeypatch, tmp_path):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    bus = Bus(seconds=PATIENT)
    with pytest.raises(Refused):
        bus.ask(Question("session", "org.none", "/", "org.none", "Ask"))
    bus.close()


def test_a_closed_bus_answers_nothing_and_leaves_no_thread(bus):
    before = set(threading.enumerate())
    with pytest.raises(Refused):
        bus.ask(Question("session", "org.none", "/", "org.none", "Ask"))
    bus.close()
    bus.close()
    assert set(threading.enumerate()) <= before
    with pytest.raises(Unreadable, match="closed"):
        bus.ask(Question("session", "org.none", "/", "org.none", "Ask"))


def test_a_whole_look_over_a_bus(daemon, serve, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP", "PULSE_SERVER"):
        monkeypatch.delenv(name, raising=False)
    serve(
        [LOGIN, "org.gnome.ScreenSaver", MUTTER, NOTIFICATIONS],
        {
            (SESSION, "LockedHint"): ("b", False),
            (MANAGER, "PreparingForSleep"): ("b", False),
            (MANAGER, "LidClosed"): ("b", False),
            ("org.gnome.ScreenSaver", "GetActive"): ("b", False),
            (MUTTER, "GetIdletime"): ("t", 400),
            (NOTIFICATIONS, "Inhibited"): ("b", True),
        },
    )
    system = open_linux(Bus(seconds=PATIENT, addresses={"session": daemon[0], "system": daemon[0]}))
    state = system.look()
    system.close()
    assert (state.locked, state.asleep, state.lid_closed, state.idle_seconds) == (False, False, False, 0.4)
    assert state.do_not_disturb is True


def test_a_connection_that_fails_after_nobody_waits_for_it_any_more_prints_nothing(monkeypatch, caplog):
    """`posturecam doctor` printed a traceback on a busy computer without a bus."""
    given_up, failed = threading.Event(), threading.Event()

    class Stuck:
        def __init__(self, **_):
            pass

        async def connect(self):
            given_up.wait(10)
            failed.set()
            raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("dbus_fast.aio.MessageBus", Stuck)
    bus = Bus(seconds=0.05, addresses={"system": "unix:path=/nowhere"})
    with pytest.raises(Unreadable, match="did not answer within"):
        bus.ask(Question("system", LOGIN, "/", MANAGER, "ListSessions"))
    given_up.set()
    assert failed.wait(10)
    bus.close()
    gc.collect()
    assert caplog.messages == []
