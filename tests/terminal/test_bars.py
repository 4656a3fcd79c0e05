"""Progress bars in a terminal."""

import os
import sys

import pytest
from rich.console import Console

from posturecam.i18n.translate import choose_language
from posturecam.terminal.bars import ProgressBars, share_columns


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
@pytest.mark.parametrize("interrupted", [False, True])
def test_typed_keys_and_ctrl_c_are_not_echoed_beside_a_bar(monkeypatch, interrupted):
    import pty
    import termios

    master, slave = pty.openpty()
    with os.fdopen(slave, "r+b", buffering=0) as terminal, open(slave, "w", closefd=False) as output:
        monkeypatch.setattr(sys, "stdin", terminal)
        before = termios.tcgetattr(terminal)
        try:
            with ProgressBars(*share_columns(), console=Console(file=output, force_terminal=True)) as bars:
                bars.update(bars.add_task("Calibrating", total=1.0), completed=0.5)
                during = termios.tcgetattr(terminal)[3]
                if interrupted:
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            pass
        assert not during & termios.ECHO
        assert termios.tcgetattr(terminal) == before
    os.close(master)


def test_a_bar_without_a_terminal_leaves_the_keyboard_alone(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with ProgressBars(*share_columns(), disable=True) as bars:
        bars.update(bars.add_task("history.csv", total=1.0), completed=0.5)


@pytest.mark.parametrize(("language", "shown"), [("en", " 50% "), ("de", " 50 % ")])
def test_a_bar_writes_percentages_as_the_language_does(capsys, language, shown):
    choose_language(language)
    console = Console(width=80)
    with ProgressBars(*share_columns(), console=console) as bars:
        bars.update(bars.add_task("history.csv", total=1.0), completed=0.5)
    assert shown in capsys.readouterr().out
