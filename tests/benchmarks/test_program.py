"""The command lines of the benchmarks: what is wrong with them is said in a line before anything runs."""

import importlib
import sys

import numpy as np
import program
import pytest


def ends(monkeypatch, name, *arguments):
    """The exit code with which a benchmark ends, started as `python benchmarks/NAME.py ARGUMENTS`."""
    monkeypatch.setattr(sys, "argv", [f"benchmarks/{name}.py", *arguments])
    with pytest.raises(SystemExit) as ended:
        program.run(importlib.import_module(name).main)
    return ended.value.code


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("accuracy", ["--hours", "-1"], "--hours: must be above 0, got -1"),
        ("accuracy", ["--hours", "nan"], "--hours: must be above 0, got nan"),
        ("accuracy", ["--data", "nowhere.npz"], "--data: there is no file nowhere.npz"),
        ("accuracy", ["--json", "nowhere/figures.json"], "--json: there is no folder nowhere"),
        ("accuracy", ["--json", "."], "--json: . is a folder; name a file"),
        ("estimator_cost", ["--looks", "0"], "--looks: must be 1 or more, got 0"),
        ("front", ["--data", "nowhere.npz"], "--data: there is no file nowhere.npz"),
        ("loop", ["--video", "nowhere.mp4"], "--video: there is no file nowhere.mp4"),
        ("loop", ["--repeat", "0"], "--repeat: must be 1 or more, got 0"),
        ("photographs", ["--footage", "nowhere"], "--footage: there is no folder nowhere"),
        ("real_people", ["--landmarks", "nowhere.npz"], "--landmarks: there is no file nowhere.npz"),
        ("real_people", ["--pictures", "nowhere", "nowhere"], "--pictures: there is no folder nowhere"),
        ("robustness", ["nowhere.npz"], "landmarks: there is no file nowhere.npz"),
        ("tools.train_estimator", ["nowhere.npz"], "files: there is no file nowhere.npz"),
        ("share", ["--beside", "nowhere"], "--beside: there is no folder nowhere"),
    ],
)
def test_a_wrong_argument_is_refused_in_one_line_before_anything_runs(
    name, arguments, said, monkeypatch, tmp_path, capsys
):
    monkeypatch.chdir(tmp_path)

    assert ends(monkeypatch, name, *arguments) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err.splitlines()[-1]


@pytest.mark.parametrize(("name", "option"), [("front", "--data"), ("real_people", "--landmarks")])
@pytest.mark.parametrize("content", ["text", "other arrays"])
def test_a_file_of_another_kind_is_named_without_a_traceback(name, option, content, monkeypatch, tmp_path, capsys):
    file = tmp_path / "other.npz"
    if content == "text":
        file.write_text("not an archive")
    else:
        np.savez(file, something=np.zeros(3))

    assert ends(monkeypatch, name, option, str(file)) == 3

    (said,) = capsys.readouterr().err.splitlines()
    assert f"{file} cannot be read as" in said


def test_ctrl_c_ends_a_benchmark_in_one_line(monkeypatch, capsys):
    def main():
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["benchmarks/soak.py"])

    with pytest.raises(SystemExit) as ended:
        program.run(main)

    assert ended.value.code == 130
    assert capsys.readouterr().err == "soak.py: interrupted\n"


def test_a_fault_of_the_benchmark_itself_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        program.run(lambda: 1 // 0)
