"""A display that is named but does not answer: that of an earlier login, or of a connection that has ended."""

import ctypes
import os
import socket
import sys
from unittest.mock import MagicMock

import pytest

from posturecam.commands.display import has_display, opens_window
from posturecam.commands.doctor import check_display
from posturecam.errors import DesktopUnavailable

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
GONE = ":64999"


@pytest.fixture(autouse=True)
def no_display(monkeypatch, tmp_path):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.fixture
def wayland(monkeypatch, tmp_path):
    """A Wayland display without an X server."""
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        yield


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_a_display_that_does_not_answer_is_none(monkeypatch, name):
    monkeypatch.setenv(name, GONE)
    assert not has_display()
    assert not opens_window(None)


@pytest.mark.parametrize("command", [("demo", "--fast"), ("stretch", "upper_trapezius")])
def test_a_window_on_a_display_that_does_not_answer_is_refused_instead_of_ending_the_process(run, monkeypatch, command):
    monkeypatch.setenv("DISPLAY", GONE)
    code, out, err = run(*command, "--window")
    assert (code, out) == (DesktopUnavailable.exit_code, "")
    assert err == f"posturecam: The display {GONE} does not answer; run it with: --no-window\n"


def test_the_app_on_a_display_that_does_not_answer_is_refused_with_its_name(run, monkeypatch):
    monkeypatch.setenv("DISPLAY", GONE)
    code, out, err = run("desktop")
    assert (code, out) == (DesktopUnavailable.exit_code, "")
    assert GONE in err


def test_without_an_answering_display_it_says_so_and_watches_in_the_terminal(run, monkeypatch, caplog):
    monkeypatch.setenv("DISPLAY", GONE)
    monkeypatch.setattr("posturecam.commands.watch.watch_first_run", lambda _camera: print("watching"))
    assert run()[:2] == (0, "watching\n")
    assert f"The display {GONE} does not answer; watching in the terminal" in caplog.text


def test_whoever_wants_the_terminal_hears_nothing_of_the_display(run, monkeypatch, caplog):
    monkeypatch.setenv("DISPLAY", GONE)
    monkeypatch.setattr("posturecam.commands.watch.watch_first_run", lambda _camera: print("watching"))
    assert run("--terminal") == (0, "watching\n", "")
    assert caplog.text == ""


def test_opencv_gets_no_window_where_only_wayland_answers(wayland):
    assert has_display()
    assert not opens_window(None)
    with pytest.raises(DesktopUnavailable, match="--no-window"):
        opens_window(True)


def test_where_a_display_cannot_be_asked_its_name_is_trusted(monkeypatch):
    monkeypatch.setenv("DISPLAY", GONE)
    monkeypatch.setattr(ctypes, "CDLL", MagicMock(side_effect=OSError))
    assert has_display()
    assert opens_window(None)
    assert os.environ["QT_QPA_PLATFORM"] == "xcb"  # all that OpenCV has


def test_no_window_is_opened_that_is_not_wanted(wayland):
    assert not opens_window(False)
    assert "QT_QPA_PLATFORM" not in os.environ


def test_the_doctor_names_the_display_that_does_not_answer(monkeypatch):
    monkeypatch.setenv("DISPLAY", GONE)
    found = check_display()
    assert not found.ok
    assert GONE in str(found.detail)
