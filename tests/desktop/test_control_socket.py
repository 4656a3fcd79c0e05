"""The app's control socket: who may use it, time and size limits, and that every request is answered."""

import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("PySide6")

from fakes.session import FakeClient
from moments import moment

from posturecam.commands.ctl import control
from posturecam.desktop.shell import peer
from posturecam.desktop.shell import single_instance as single
from posturecam.desktop.shell.control import Control
from posturecam.desktop.shell.peer import socket_name
from posturecam.desktop.shell.single_instance import Server, ask
from posturecam.errors import NotRunning
from posturecam.i18n.translate import choose_language, tr
from posturecam.session.protocol.mode import Mode

pytestmark = pytest.mark.skipif(os.name == "nt", reason="on Windows it is a pipe")


@pytest.fixture(autouse=True)
def no_session_folder(monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)


@pytest.fixture
def serve(qapp):
    servers = []

    def serving(answer, **named):
        server = Server(answer, **named)
        assert server.listen()
        servers.append(server)
        return server

    yield serving
    for server in servers:
        server.close()


@pytest.fixture
def client():
    with socket.socket(socket.AF_UNIX) as made:
        yield made


def talk(qtbot, client, sent, answers=1):
    client.connect(socket_name())
    client.setblocking(False)
    received, closed = b"", []

    def heard():
        nonlocal received, sent
        try:
            if sent:
                sent = sent[client.send(sent) :]
            more = client.recv(65536)
            received += more
            if not more:
                closed.append(True)
        except BlockingIOError:
            pass
        except OSError:
            closed.append(True)
        return bool(closed) or received.count(b"\n") >= answers

    qtbot.waitUntil(heard, timeout=10_000)
    return received


@pytest.fixture
def pretend(qapp):
    """Another process in the app's place that gives this answer, since Qt waits without letting threads run."""
    started = []

    def pretending(sent):
        code = (
            "import socket, sys; listening = socket.socket(socket.AF_UNIX); listening.bind(sys.argv[1]); listening.listen(); "
            "sent = bytes.fromhex(sys.stdin.read()); print(flush=True); made, _ = listening.accept(); made.sendall(sent); made.recv(100)"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, socket_name()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        process.stdin.write(sent.hex())
        process.stdin.close()
        process.stdout.readline()

    yield pretending
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_socket_is_in_a_folder_of_this_users_alone(monkeypatch):
    with tempfile.TemporaryDirectory() as short:  # a socket's path must be short
        check_places(Path(short), monkeypatch)


def check_places(tmp_path, monkeypatch):
    own_home = tmp_path / "home"
    monkeypatch.setenv("POSTURECAM_HOME", str(own_home))
    assert Path(socket_name()).parent == own_home
    assert own_home.stat().st_mode & 0o077 == 0
    session = tmp_path / "session"
    session.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
    assert Path(socket_name()).parent == session
    session.chmod(0o777)  # anybody could put a socket there
    assert Path(socket_name()).parent == own_home


def test_two_folders_of_settings_have_two_sockets(own_home, monkeypatch, tmp_path):
    one = socket_name()
    monkeypatch.setenv("POSTURECAM_HOME", str(tmp_path / "other"))
    assert socket_name() != one


def test_a_path_that_is_too_long_for_a_socket_is_no_obstacle(monkeypatch, tmp_path):
    monkeypatch.setenv("POSTURECAM_HOME", str(tmp_path / ("x" * 100)))
    assert len(socket_name()) < 100


def test_three_requests_in_one_write_get_three_answers(serve, client, qtbot):
    serve(lambda request: {"ok": True, "said": request})
    answers = talk(qtbot, client, b"one\ntwo\nthree\n", 3).splitlines()
    assert [json.loads(one)["said"] for one in answers] == ["one", "two", "three"]


def test_a_mistake_on_the_way_to_an_answer_is_answered(serve, client, qtbot):
    def breaks(request):
        raise RecursionError("too deep")

    serve(breaks)
    answer = json.loads(talk(qtbot, client, b"stretch mine\n"))
    assert answer == {"ok": False, "error": "an error in posturecam (RecursionError: too deep)"}


@pytest.mark.parametrize(
    ("mode", "why", "said"),
    [
        (Mode.OFF, "the screen is locked", "Paused: the screen is locked"),
        (Mode.CAMERA_LOST, "no camera was found", "No camera was found"),
    ],
)
def test_what_keeps_the_camera_off_is_said_to_whoever_resumes_in_vain(mode, why, said):
    shown = moment(mode=mode, why=why, tick=None)
    welcome_is_over = SimpleNamespace(welcoming=False, stretching=False)
    answer = Control(FakeClient(), lambda: welcome_is_over, lambda: shown)("resume")
    assert answer == {"ok": False, "error": said}


@pytest.mark.parametrize(
    ("mode", "requested", "said"),
    [
        (Mode.WATCHING, False, "Watching again."),
        (Mode.PAUSED, False, "Watching again."),
        (Mode.WATCHING, True, "Watching resumes after the stretch or the calibration."),
        (Mode.STRETCHING, True, "Watching resumes after the stretch or the calibration."),
        (Mode.CALIBRATING, False, "Watching resumes after the stretch or the calibration."),
    ],
)
def test_whoever_resumes_while_something_else_uses_the_camera_reads_when_it_watches_again(mode, requested, said):
    windows = SimpleNamespace(welcoming=False, stretching=requested)
    answer = Control(FakeClient(), lambda: windows, lambda: moment(mode=mode, tick=None))("resume")
    assert answer == {"ok": True, "said": said}


def test_a_broken_routine_of_the_users_own_is_refused_with_the_reason(own_home):
    (own_home / "routines").mkdir(parents=True)
    (own_home / "routines" / "mine.toml").write_text("[[[[")
    answer = Control(FakeClient(), lambda: None, lambda: None)("stretch mine")
    assert answer["ok"] is False
    assert "is not TOML" in answer["error"]


def test_a_name_with_a_space_is_refused_as_a_name_and_not_as_a_length():
    control = Control(FakeClient(), lambda: None, lambda: None)
    assert "'chin tuck'" in control("stretch chin tuck")["error"]
    assert "got '7'" in control("stretch desk_break 7")["error"]


def test_a_request_without_an_end_is_broken_off(serve, client, qtbot):
    serve(lambda request: {"ok": True})
    assert talk(qtbot, client, b"x" * 100_000) == b""


def test_why_the_app_cannot_be_reached_is_said_in_the_users_language(own_home, monkeypatch):
    def unreachable():
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(single, "socket_name", unreachable)
    with pytest.raises(NotRunning, match=r"posturecam cannot be reached \(permission denied\)") as refusal:
        control("status", as_json=False)
    choose_language("de")
    assert tr(refusal.value.text) == "posturecam ist nicht erreichbar (keine Berechtigung)"


def test_who_keeps_silent_is_let_go(serve, client, qtbot, monkeypatch):
    monkeypatch.setattr(single, "PATIENCE_SECONDS", 0.1)
    serve(lambda request: {"ok": True})
    assert talk(qtbot, client, b"half a requ") == b""


def test_an_app_that_could_not_make_its_socket_is_not_called_not_running(own_home):
    Path(socket_name(), "something").mkdir(parents=True)
    assert not Server(lambda request: {"ok": True}).listen()
    held = single.claim()
    with pytest.raises(NotRunning, match="is running but does not answer") as refusal:
        control("status", as_json=False)
    choose_language("de")
    assert tr(refusal.value.text).startswith("posturecam läuft, antwortet aber nicht")
    held.unlock()
    with pytest.raises(NotRunning, match="is not running"):
        control("status", as_json=False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_claim_is_for_the_user_alone_like_every_file_in_the_folder(own_home):
    held = single.claim()
    assert (own_home / "posturecam.lock").stat().st_mode & 0o777 == 0o600
    held.unlock()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a program's name by its number")
def test_a_claim_left_by_a_crash_is_no_running_app_whoever_has_its_number_now(own_home):
    held = single.claim()
    claimed = (own_home / "posturecam.lock").read_text("utf-8")
    held.unlock()
    with subprocess.Popen(["sleep", "20"]) as other:
        (own_home / "posturecam.lock").write_text(claimed.replace(str(os.getpid()), str(other.pid), 1), "utf-8")
        with pytest.raises(NotRunning, match="is not running"):
            control("status", as_json=False)
        other.kill()


def test_another_users_process_is_neither_answered_nor_asked(serve, client, qtbot, monkeypatch):
    monkeypatch.setattr(peer, "user_of_peer", lambda descriptor: os.getuid() + 1)
    asked = []
    serve(lambda request: asked.append(request) or {"ok": True})
    assert talk(qtbot, client, b"quit\n") == b""
    answer = ask("pause")
    assert answer["ok"] is False
    assert "another user's program answers" in answer["error"]
    assert asked == []


def test_the_system_says_who_is_at_the_other_end():
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        assert peer.is_own_user(one.fileno())


@pytest.mark.parametrize("sent", [b"\xff\xfe\x00\n", b"[1]\n", b"null\n", b"[" * 50_000 + b"\n", b"x" * 100_000])
def test_an_invalid_answer_is_reported(pretend, sent):
    pretend(sent)
    answer = ask("status")
    assert answer["ok"] is False
    assert "quit it and start it again" in answer["error"]


def test_control_characters_are_not_printed(pretend):
    pretend(b'{"ok": true, "said": "\\u001b[2J\\u009b31mred", "n": 1}\n')
    assert ask("status") == {"ok": True, "said": " [2J 31mred", "n": 1}


def test_an_answer_that_never_ends_does(pretend, monkeypatch):
    monkeypatch.setattr(single, "PATIENCE_SECONDS", 0.3)
    pretend(b"x")
    assert ask("status")["ok"] is False


def test_the_app_is_reached_again_when_its_socket_was_removed(serve, qtbot, client):
    """As by a program that tidies temporary folders."""
    serve(lambda request: {"ok": True, "said": request}, look_every=0.01)
    Path(socket_name()).unlink()
    qtbot.waitUntil(Path(socket_name()).exists)
    assert json.loads(talk(qtbot, client, b"status\n")) == {"ok": True, "said": "status"}


def is_turned_away(client):
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_the_app_is_reached_again_when_a_connection_could_not_be_accepted(serve, qtbot, client):
    """Qt's server then closes for good, without a word."""
    import resource

    serve(lambda request: {"ok": True, "said": request}, look_every=0.01)
    with socket.socket(socket.AF_UNIX) as refused:
        refused.connect(socket_name())
        refused.setblocking(False)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))  # no descriptor is left
        try:
            qtbot.waitUntil(lambda: is_turned_away(refused))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    qtbot.waitUntil(Path(socket_name()).exists)
    assert json.loads(talk(qtbot, client, b"status\n")) == {"ok": True, "said": "status"}
