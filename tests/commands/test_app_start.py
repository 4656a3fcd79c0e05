"""What menus, the start at login and most people type opens the app without typer, exactly as typer would."""

import inspect

import pytest

from posturecam.__main__ import app_start
from posturecam.cli import app
from posturecam.commands import desktop


@pytest.fixture
def opened(monkeypatch):
    """What the app is opened with, instead of opening it."""
    calls = []
    for name in ("start", "open_app"):
        whole = inspect.signature(getattr(desktop, name))

        def note(*given, name=name, whole=whole, **named):
            bound = whole.bind(*given, **named)
            bound.apply_defaults()
            calls.append((name, bound.arguments))

        monkeypatch.setattr(desktop, name, note)
    return calls


@pytest.mark.parametrize(
    "line", ["", "--minimized", "desktop", "desktop --minimized", "desktop a.mp4", "desktop a.mp4 --minimized"]
)
def test_what_menus_start_opens_the_app_as_typer_would(opened, line):
    arguments = line.split()
    start = app_start(arguments)
    assert start is not None
    start()
    app(arguments, standalone_mode=False)
    assert opened[0] == opened[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["watch"],
        ["a.mp4"],
        ["--help"],
        ["--version"],
        ["--terminal"],
        ["--camera", "0"],
        ["--minimized", "desktop"],
        ["desktop", "--help"],
        ["desktop", "--menu-entry"],
        [""],
        ["desktop", ""],
        ["", "a.mp4"],
        ["desktop", "a.mp4", "b.mp4"],
        ["desktop", "--speed", "2"],
        ["desktop", "--minimized", "a.mp4"],
    ],
    ids=" ".join,
)
def test_everything_else_is_left_to_typer(arguments):
    assert app_start(arguments) is None


def test_a_shell_that_completes_a_line_opens_nothing(monkeypatch):
    monkeypatch.setenv("_POSTURECAM_COMPLETE", "complete_bash")
    assert app_start([]) is None
