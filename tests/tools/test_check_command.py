"""`python -m tools.check`, apart from the checks themselves."""

import subprocess

import pytest

from tools import check


def test_ctrl_c_ends_the_checks_without_a_traceback(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", interrupted)

    assert check.main(["rules", "format"]) == 130


def test_an_unknown_check_is_a_wrong_command_line(capsys):
    with pytest.raises(SystemExit) as ended:
        check.main(["tets"])

    assert ended.value.code == 2
    assert "no such check: tets" in capsys.readouterr().err
