"""Unusual input: names that are not files, circular links, pipes, other encodings, numbers that never end."""

import os
import sys
from pathlib import Path

import pytest
from command_line import assert_one_line

from posturecam.analysis.single import analyze
from posturecam.config.files import settings_path
from posturecam.config.settings_file import change_settings, load_settings
from posturecam.errors import SettingsError, SourceError
from posturecam.vision.sources.files import name_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither such links nor such names")


def pipe(path):
    os.mkfifo(path)
    return path


def circle(path):
    path.symlink_to(path.name)
    return path


@pytest.mark.parametrize(
    ("command", "words", "exit_code"),
    [
        (("watch", "/dev/null"), "/dev/null is not a regular file", 3),
        (("history", "--export", "/"), "not to /", 7),
    ],
)
def test_what_cannot_be_used_is_named(run, command, words, exit_code):
    code, _, err = run(*command)
    assert_one_line(err)
    assert (words in err, code) == (True, exit_code)


def test_an_icon_is_no_sound_with_a_cover(run, tmp_path):
    icon = tmp_path / "icon.ico"
    icon.write_bytes(
        bytes.fromhex("000001000100010101000100180030000000160000002800000001000000020000000100180000000000")
    )
    code, _, err = run("analyze", icon, "-o", tmp_path / "out")
    assert code == 3
    assert "icon.ico cannot be read as a picture" in err


@pytest.mark.parametrize("command", [("watch",), ("stretch", "do", "thoracic_stretch", "--source")])
@pytest.mark.parametrize(
    ("make", "ending", "words"),
    [
        (pipe, ".mp4", "is not a regular file"),
        (pipe, ".png", "is not a regular file"),
        (pipe, ".npz", "is not a regular file"),
        (circle, ".mp4", "a symbolic link points back to itself"),
    ],
)
def test_what_is_not_a_file_is_reported_and_never_waited_for(run, tmp_path, command, make, ending, words):
    code, _, err = run(*command, make(tmp_path / f"odd{ending}"))
    assert code == 3
    assert_one_line(err)
    assert words in err
    with pytest.raises(SourceError, match=words):
        analyze(tmp_path / f"odd{ending}", tmp_path / "out")


def test_a_name_longer_than_any_file_has_is_a_name(run):
    code, _, err = run("watch", "x" * 5000)
    assert code == 4
    assert_one_line(err)
    assert len(err) < 500


@pytest.mark.parametrize("number", ["99999999999", "9" * 5000])
def test_a_camera_of_a_number_that_no_camera_has_is_not_there(run, number):
    code, _, err = run("watch", number)
    assert code == 4
    assert_one_line(err)
    assert "an error in posturecam" not in err


def test_an_invalid_address_is_reported(run):
    code, _, err = run("watch", "rtsp://me:secret@[::1/live")
    assert code == 4
    assert "[::1/live is not a valid address" in err
    assert "secret" not in err


def test_what_a_terminal_would_obey_is_not_printed_of_a_files_name():
    assert name_of(Path("a\x1b[2J\nb.npz")) == "a [2J b.npz"


def test_the_current_folder_and_the_one_above_are_called_by_their_names(tmp_path, monkeypatch):
    inner = tmp_path / "holiday" / "monday"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert [name_of(Path(typed)) for typed in (".", "..", "/", "a/..", "b.mp4")] == [
        "monday", "holiday", "/", "monday", "b.mp4",
    ]  # fmt: skip


def test_letters_of_another_encoding_change_no_setting():
    change_settings({"alerts.snooze": "600"})
    with pytest.raises(SettingsError, match="Nothing was changed: a value cannot be saved"):
        change_settings({"camera.device": os.fsdecode(b"\xff\xfe")})
    assert load_settings().alerts.snooze == 600


@pytest.mark.parametrize("make", [pipe, lambda path: path.symlink_to("/dev/zero"), lambda path: path.mkdir()])
def test_settings_that_are_not_a_file_are_reported_and_never_waited_for(run, make):
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    make(settings_path())
    code, _, err = run("settings")
    assert code == 6
    assert "settings.toml cannot be read (it is not a regular file); move or rename it" in err


def test_a_trial_apps_note_that_is_not_a_file_counts_as_none(run, monkeypatch, own_home):
    monkeypatch.delenv("POSTURECAM_HOME")
    monkeypatch.setattr("posturecam.config.files.platformdirs.user_config_path", lambda *_, **__: own_home)
    # Where it is used: imported while it is replaced at its origin, it would stay replaced for all later tests.
    single = pytest.importorskip("posturecam.desktop.shell.single_instance")
    monkeypatch.setattr(single, "socket_name", lambda: str(own_home / "nobody"))
    own_home.mkdir(parents=True, exist_ok=True)
    pipe(own_home / "trial")
    code, _, err = run("ctl", "status")
    assert code == 10
    assert "is not running" in err


def test_settings_are_shown_without_the_password_of_a_network_camera(run):
    change = "camera.device=rtsp://me:secret@cam/live?key=secret"
    said = run("settings", change)[1] + run("settings")[1] + run("settings", "--all")[1]
    assert said.count("rtsp://cam/live") == 3
    assert "secret" not in said
    assert "me:secret@cam" in run("settings", "--json")[1]  # for programs


def test_the_name_of_a_file_is_no_command_for_the_terminal(run, monkeypatch, caplog, tmp_path):
    folder = tmp_path / "red\x1b[31m"
    folder.mkdir()
    (folder / "exercises").mkdir()
    (folder / "exercises" / "odd\x1b[31m.toml").write_text("")
    monkeypatch.setenv("POSTURECAM_HOME", str(folder))
    for arguments in (
        ("analyze", folder / "none.mp4"), ("settings", "camera.rotate=90"), ("settings",), ("settings", "--reset"),
        ("history", "--export", folder / "all.csv"), ("stretch", "list"), ("stretch", "history", "--export", folder / "all.csv"),
    ):  # fmt: skip
        _, out, err = run(*arguments)
        assert "red [31m" in out + err + caplog.text, arguments
        assert "\x1b" not in out + err + caplog.text, arguments
