"""The command line prints errors and warnings in the user's language; output for programs stays English."""

import io
import json
import os
import re
import subprocess
import sys
import unicodedata

import pytest
import typer
from places import ROOT

from posturecam import cli
from posturecam.commands import help as help_pages
from posturecam.config.files import settings_path
from posturecam.config.settings_file import change_settings
from posturecam.config.stdout import plain, print_anything
from posturecam.history import baselines
from posturecam.i18n.languages import LANGUAGES
from posturecam.i18n.translate import choose_language, tr
from posturecam.terminal.watching import LOOKS

RECORDING = ROOT / "tests" / "data" / "recordings" / "desk_front.npz"
GERMAN = "posturecam: Es gibt keine Datei nowhere.mp4; prüf den Namen und den Ordner\n"
ENGLISH = "posturecam: There is no file nowhere.mp4; check the name and the folder\n"


@pytest.mark.parametrize(
    ("setting", "system", "said"),
    [
        ("de", "C", GERMAN),
        ("", "de_AT.UTF-8", GERMAN),
        ("en", "de_DE.UTF-8", ENGLISH),
        ("", "fr_FR.UTF-8", ENGLISH),
        ("", "C.UTF-8", ENGLISH),
    ],
)
def test_an_error_is_reported_in_the_language_of_the_setting_or_else_of_the_system(
    run, monkeypatch, setting, system, said
):
    change_settings({"desktop.language": setting})
    monkeypatch.setenv("LC_ALL", system)
    assert run("watch", "nowhere.mp4") == (3, "", said)


@pytest.mark.parametrize(
    ("preferred", "system", "said"),
    [
        ("de:fr", "en_US.UTF-8", GERMAN),
        ("fr_CA:de_AT:en", "fr_CA.UTF-8", GERMAN),
        ("fr:en:de", "fr_FR.UTF-8", ENGLISH),
        ("fr:it", "de_DE.UTF-8", GERMAN),
        ("de", "C.UTF-8", ENGLISH),
        ("de", "", ENGLISH),
    ],
)
def test_of_the_languages_that_somebody_prefers_the_first_available_is_spoken(
    run, monkeypatch, preferred, system, said
):
    monkeypatch.setenv("LANGUAGE", preferred)
    monkeypatch.setenv("LC_ALL", system)
    for name in ("LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert run("watch", "nowhere.mp4") == (3, "", said)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("ascii", '"pruefen" ... -> 5 deg, n x ?'),
        ("latin-1", '"prüfen" ... -> 5°, ñ × ?'),
        ("utf-8", "„prüfen“ … → 5°, ñ × 日"),
    ],
)
def test_characters_that_the_terminal_lacks_are_replaced_by_the_most_similar_ones(monkeypatch, encoding, said):
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    print_anything()
    print("„prüfen“ … → 5°, ñ × 日", end="", flush=True)
    assert stream.buffer.getvalue().decode(encoding) == said


def test_bars_and_the_shapes_of_states_stay_distinct_where_the_terminal_lacks_them():
    shapes = "".join(shape for shape, _ in LOOKS.values()) + "█░┃"
    assert len(set(map(plain, shapes))) == len(shapes)
    assert "?" not in map(plain, shapes.replace("?", ""))


def test_a_settings_file_that_cannot_be_read_is_reported_in_the_language_of_the_system(run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text("[pace\n", encoding="utf-8")
    code, _, said = run("watch", "nowhere.mp4")
    assert code == 6
    assert "ist beschädigt" in said


def test_a_setting_that_is_ignored_is_reported_in_german():
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text("[pace]\nsteady = 0.01\n[desktop]\nlanguage = 'de'\n", encoding="utf-8")
    for command in (["watch", "nowhere.mp4"], ["settings"]):
        done = subprocess.run(
            [sys.executable, "-m", "posturecam", *command], capture_output=True, encoding="utf-8", check=False
        )
        told = "wird ignoriert: pace.steady muss mindestens 0.1 sein, nicht 0.01 (Einheit: s); korrigiere das dort"
        assert done.stderr.count(told) == 1


def test_a_name_that_is_nearly_right_is_asked_back_in_german(run):
    change_settings({"desktop.language": "de"})
    code, _, said = run("stretch", "show", "thoracic_strech")
    assert code == 2
    assert said == (
        "posturecam: Es gibt keine Übung und kein Programm „thoracic_strech“; meintest du thoracic_stretch oder thoracic_extension?\n"
    )


def test_a_warning_is_said_in_german_too():
    change_settings({"desktop.language": "de"})
    baselines.baselines_path().write_text("{", encoding="utf-8")
    command = [sys.executable, "-m", "posturecam", "watch", "nowhere.mp4"]
    warning, error = subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stderr.splitlines()
    assert warning.startswith("posturecam: Die Datei der Kalibrierungen war beschädigt")
    assert f"{error}\n" == GERMAN


def test_what_programs_read_stays_english(run, monkeypatch, tmp_path):
    change_settings({"desktop.language": "de"})
    monkeypatch.chdir(tmp_path)
    code, told, said = run("analyze", "nowhere.mp4", "--json")
    assert code == 3
    assert json.loads(told)[0]["error"] == "There is no file nowhere.mp4; check the name and the folder"
    assert said == GERMAN


@pytest.mark.parametrize(
    ("setting", "system", "said"),
    [("de", "C", "Aufruf: posturecam watch"), ("", "es_ES.UTF-8", "Uso: posturecam watch"), ("en", "de_DE.UTF-8", "Usage: posturecam watch")],
)  # fmt: skip
def test_help_is_in_the_language_of_the_setting_or_else_of_the_system(monkeypatch, capsys, setting, system, said):
    change_settings({"desktop.language": setting})
    monkeypatch.setenv("LC_ALL", system)
    assert said in help_page(monkeypatch, capsys, "watch")


@pytest.mark.parametrize(("command", "said"), [("analyze", "[erforderlich]"), ("desktop", "[Standard:\n")])
def test_no_word_of_typers_own_stays_english_in_a_german_help_page(monkeypatch, capsys, command, said):
    change_settings({"desktop.language": "de"})
    page = help_page(monkeypatch, capsys, command)
    assert [
        word for word in ("Usage", "Options", "Arguments", "default", "required", "Show this") if word in page
    ] == []
    assert said in page.replace(" ", "")


def test_help_has_no_types_and_formulas_of_programmers(monkeypatch, capsys):
    for command in ((), ("watch",), ("analyze",), ("settings",), ("stretch", "do"), ("ctl", "stretch"), ("history",)):
        page = help_page(monkeypatch, capsys, *command)
        assert re.findall(r"<[a-z][^|>]*>|x[<>]=|\w<=x|\[\[", page) == [], command
    assert "--rate NUM " in help_page(monkeypatch, capsys, "watch")
    change_settings({"desktop.language": "de"})
    page = help_page(monkeypatch, capsys, "watch")
    assert "Aufruf: posturecam watch [OPTIONEN] [SOURCE]" in page
    assert "\n  SOURCE TEXT " in page
    assert "Aufruf: posturecam analyze [OPTIONEN] FILES..." in help_page(monkeypatch, capsys, "analyze")
    assert "--rate ZAHL" in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", [(), ("ctl",), ("stretch",)])
def test_what_a_command_does_is_not_cut_off_in_the_list_of_commands(monkeypatch, capsys, language, group):
    change_settings({"desktop.language": language})
    monkeypatch.setenv("COLUMNS", "80")
    assert [line for line in help_page(monkeypatch, capsys, *group).splitlines()[1:] if line.endswith("...")] == []


def columns_of(line):
    """Columns of a terminal that it takes."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line)


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
@pytest.mark.parametrize("command", [(), ("analyze",), ("ctl",), ("stretch", "do")])
def test_help_is_no_wider_than_a_narrow_terminal_and_whole(monkeypatch, capsys, language, command):
    change_settings({"desktop.language": language})
    pages = {}
    for columns in (32, 40, 51, 52, 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        pages[columns] = help_page(monkeypatch, capsys, *command)
        assert [line for line in pages[columns].splitlines() if columns_of(line.rstrip()) > columns] == []
    for columns, page in pages.items():
        assert "".join(page.split()) == "".join(pages[80].split()), columns


def ways(command, before=()):
    """How each command is typed."""
    yield before
    for name, inner in getattr(command, "commands", {}).items():
        yield from ways(inner, (*before, name))


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
def test_the_help_of_every_command_fits_the_narrowest_terminal(monkeypatch, capsys, language):
    change_settings({"desktop.language": language})
    monkeypatch.setenv("COLUMNS", "30")
    for command in ways(typer.main.get_command(cli.app)):
        page = help_page(monkeypatch, capsys, *command)
        assert [line for line in page.splitlines() if columns_of(line.rstrip()) > 30] == []
        assert " ".join(command) in " ".join(page.split()), (
            "a command that has to be broken is broken between its words"
        )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_help_page_says_what_its_command_does_and_so_does_the_list_of_commands(monkeypatch, capsys, language):
    change_settings({"desktop.language": language})
    monkeypatch.setenv("COLUMNS", "200")
    whole = typer.main.get_command(cli.app)
    pages = {way: "".join(help_page(monkeypatch, capsys, *way).split()) for way in ways(whole)}
    choose_language(language)
    for way, page in pages.items():
        command = whole
        for name in way:
            command = command.commands[name]
        does = "".join(tr(command.help).partition("\n\n")[0].split())
        assert does, way
        assert does in page, way
        assert does in pages[way[:-1]], way


@pytest.mark.parametrize("columns", range(32, 52))
def test_a_limit_in_help_stays_on_the_line_of_its_sign(monkeypatch, capsys, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    page = help_page(monkeypatch, capsys, "analyze")
    assert "≥" in page
    assert [line for line in page.splitlines() if line.endswith("≥")] == []


def test_damaged_settings_leave_help_in_the_language_of_the_system(monkeypatch, capsys):
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text("desktop = 3", encoding="utf-8")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert "Aufruf: posturecam watch" in help_page(monkeypatch, capsys, "watch")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_settings_that_are_a_pipe_do_not_make_help_wait_for_its_other_end():
    settings_path().parent.mkdir(parents=True)
    os.mkfifo(settings_path())
    command = [sys.executable, "-m", "posturecam", "--help"]
    assert subprocess.run(command, stdout=subprocess.DEVNULL, timeout=60, check=False).returncode == 0


def help_page(monkeypatch, capsys, *arguments):
    monkeypatch.setattr("sys.argv", ["posturecam", *arguments, "--help"])
    command = typer.main.get_command(cli.app)
    help_pages.translate(command)
    with pytest.raises(SystemExit):
        command(prog_name="posturecam")
    return capsys.readouterr().out


@pytest.mark.parametrize("damage", ["no recording", "cut short", "a byte changed"])
def test_what_is_wrong_with_a_recording_is_said_in_the_users_language(run, tmp_path, damage):
    whole = RECORDING.read_bytes()
    changed = whole[:3000] + bytes([whole[3000] ^ 255]) + whole[3001:]
    content = {"no recording": b"hello", "cut short": whole[:5000], "a byte changed": changed}
    (tmp_path / "mine.npz").write_bytes(content[damage])
    change_settings({"desktop.language": "de"})
    code, _, err = run("watch", tmp_path / "mine.npz")
    assert code == 3
    assert re.search(r"\((das Ende fehlt|ihr Inhalt ist beschädigt)\)", err), err


def test_tables_of_the_terminal_speak_german(run):
    change_settings({"desktop.language": "de"})
    assert run("history")[1] == "Noch nichts aufgezeichnet; fang an mit: posturecam\n"
    assert run("stretch", "history")[1] == "Noch keine Dehnung aufgezeichnet; fang an mit: posturecam stretch\n"
    assert run("history", "--delete-everything", "--yes")[1].startswith(("Gelöscht: ", "Es gab nichts"))
    assert "ist jetzt" in run("settings", "breaks.minutes=1")[1]
