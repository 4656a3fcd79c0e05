"""Errors in a command line are printed in the user's language, with the exit code of a wrong command line."""

import os
import subprocess
import sys

import pytest
from places import ROOT


@pytest.fixture
def german(own_home):
    own_home.mkdir(parents=True)
    (own_home / "settings.toml").write_text('[desktop]\nlanguage = "de"\n')


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("analyze", "FILES fehlt"),
        ("analyze x --rat 3", "Es gibt keine Option --rat; meintest du --out, --rate, --rotate?"),
        ("--foo", "Es gibt keine Option --foo"),
        ("analyze x --rate", "--rate braucht einen Wert"),
        ("watch --json=3", "--json nimmt keinen Wert an"),
        ("analyze x --rate foo", "--rate muss eine Zahl von 0.1 bis 60 sein"),
        ("analyze x --rotate 45", "--rotate muss eines hiervon sein: 0, 90, 180, 270"),
        ("anlyze", "Es gibt keinen Befehl „anlyze“; meintest du analyze?"),
        ("histroy", "Es gibt keinen Befehl „histroy“; meintest du history?"),  # and not "Verlauf"
        ("ctl stats", "Es gibt keinen Befehl „stats“; meintest du status?"),
        ("ctl", "Nenne einen Befehl: status, pause, resume"),
        (
            "watch my video.mp4",
            "So viele Argumente nimmt dieser Befehl nicht an; setz einen Namen mit Leerzeichen in Anführungszeichen",
        ),
        ("stretch full --minutes 3", "--minutes: das geht nur zusammen mit desk_break"),
        ("stretch list --minute", "Es gibt keine Option --minute"),
    ],
)
def test_a_wrong_command_line_is_explained_in_german(run, typed, said):
    code, out, err = run(*typed.split())
    assert (code, out) == (2, "")
    assert f"posturecam: {said}" in err
    assert "Error" not in err


@pytest.mark.usefixtures("german")
def test_before_what_is_wrong_stand_the_usage_and_where_to_find_help(run):
    usage, help_, _, wrong = run("watch", "--foo")[2].splitlines()
    assert usage == "Aufruf: posturecam watch [OPTIONEN] [SOURCE]"
    assert help_.endswith(": posturecam watch --help")
    assert wrong.startswith("posturecam: ")


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("settings history=1", "„history“"),
        ("settings camera=1", "„camera“ ist eine Gruppe"),
        ("stretch Now", "„Now“"),
        ("stretch show Face", "„Face“"),
        ("history --export history", "nicht in history"),
        ("watch leaves.npz --record history", "history.npz"),
    ],
)
def test_what_was_typed_is_repeated_as_it_was_although_it_is_also_a_word_of_the_program(run, typed, named):
    code, _, err = run(*typed.split())
    assert code != 0
    assert named in err


def test_a_wrong_command_line_is_explained_plainly_in_english_too(run):
    for typed, said in (
        ("analyze x --rat 3", "There is no option --rat; did you mean --out, --rate, --rotate?"),
        ("watch --rotate 45", "--rotate must be one of: 0, 90, 180, 270"),
        ("watch --rate 0", "--rate must be a number from 0.1 to 60"),
    ):
        code, out, err = run(*typed.split())
        assert (code, out) == (2, "")
        assert err.splitlines()[-1] == f"posturecam: {said}"
        assert "Error" not in err
        assert "value" not in err.lower()


def test_a_fraction_is_refused_as_such_where_only_whole_numbers_are_taken(run):
    for typed, said in (
        ("history --days 1.5", "--days / -d must be a whole number from 1 to 366"),
        ("analyze x --jobs 1.5", "--jobs / -j must be a whole number, at least 1"),
        ("ctl stretch --minutes 1.5", "--minutes must be a whole number"),
        ("watch --rate x", "--rate must be a number from 0.1 to 60"),
        ("history --days -5", "--days / -d must be a whole number from 1 to 366"),
    ):
        code, out, err = run(*typed.split())
        assert (code, out) == (2, "")
        assert err.splitlines()[-1] == f"posturecam: {said}"


def test_an_infinite_number_is_refused(run):
    for typed, said in (
        ("analyze x --upright inf", "--upright must be a number from 1 to 86400"),
        ("desktop x --speed inf", "--speed must be a number from 0 to 1000"),
    ):
        code, out, err = run(*typed.split())
        assert (code, out) == (2, "")
        assert err.splitlines()[-1] == f"posturecam: {said}"


@pytest.mark.parametrize("minutes", ["-5", "-30", "-0.5", "-.5", "x", "nan"])
def test_a_negative_number_is_refused_as_a_number_and_not_as_an_unknown_option(run, minutes):
    code, out, err = run("ctl", "pause", minutes)
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == "posturecam: MINUTES must be a number, at least 0"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("history --days 3 --export x.csv", "--days: it does not work with --export, which takes everything"),
        (
            "history --delete-everything -d 7",
            "--days: it does not work with --delete-everything, which takes everything",
        ),
        ("stretch history -n 3 -e x.csv", "--most: it does not work with --export, which takes everything"),
        ("--minimized desktop", "--minimized: it only works without a command"),
        ("--terminal watch", "--terminal: it only works without a command"),
        ("desktop --time-scale 15", "--time-scale: it only works with VIDEO"),
        ("desktop --speed 1", "--speed: it only works with VIDEO"),
    ],
)
def test_an_option_that_would_have_no_effect_is_refused(run, typed, said):
    code, out, err = run(*typed.split())
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == f"posturecam: {said}"


def test_an_unknown_option_beside_a_number_is_still_named(run):
    assert run("ctl", "pause", "-x")[2].endswith("posturecam: There is no option -x\n")
    assert run("watch", "-1")[2].endswith("posturecam: There is no option -1\n")


@pytest.mark.parametrize("arguments", [("",), ("x.mp4", "--out", "")])
def test_an_empty_name_is_not_taken_for_the_current_folder(run, arguments):
    code, out, err = run("analyze", *arguments)
    assert (code, out) == (2, "")
    assert err.endswith("posturecam: A name is empty, as that of a variable without a value; fill it in\n")


@pytest.mark.parametrize(
    "typed",
    ["analyze {}", "analyze x.mp4 -o {}", "watch x.mp4 --record {}", "history --export {}", "stretch history -e {}"],
)
def test_a_file_that_may_not_be_read_is_left_to_the_command_which_says_so(run, monkeypatch, tmp_path, typed):
    file = tmp_path / "file.npz"
    file.touch()
    monkeypatch.setattr("os.access", lambda *_, **__: False)
    code, _, err = run(*typed.format(file).split())
    assert code not in (0, 2)
    assert "Usage" not in err


# Values that must exist, and days as people write them.


def test_an_unknown_routine_is_refused_with_the_known_ones(run):
    for key in ("plan.routine", "breaks.routine"):
        code, _, err = run("settings", f"{key}=nope")
        assert code == 6
        assert f"{key} must be one of: desk_break, eyes_and_wrists, full, hips_and_legs, upper_back; got 'nope'" in err
    assert run("settings", "plan.routine=full")[0] == 0


def test_days_are_taken_as_people_write_them_and_each_once(run):
    assert "plan.days is now mon, tue, in" in run("settings", "plan.days=Tuesday,mon, MON")[1]
    assert "quiet.days is now mon, sun, in" in run("settings", 'quiet.days=["sun", "Mon"]')[1]
    code, _, err = run("settings", "plan.days=Mon,Foo")
    assert code == 6
    assert "got 'Foo'" in err


@pytest.mark.usefixtures("german")
def test_days_may_be_in_the_users_language(run):
    assert "plan.days ist jetzt mon, tue, sat" in run("settings", "plan.days=Mo, Dienstag, Sa.")[1]


def test_a_time_without_seconds_in_the_settings_does_not_change_the_language(run, own_home):
    own_home.mkdir(parents=True)
    hours = "watch_from = 09:30\nwatch_until = 17:00\n"
    (own_home / "settings.toml").write_text(f'[desktop]\nlanguage = "de"\n[quiet]\n{hours}')
    assert "FILES fehlt" in run("analyze")[2]


@pytest.mark.usefixtures("german")
def test_units_of_settings_are_in_the_users_language(run):
    assert "stretch.pain_rise ist jetzt 3 von 10" in run("settings", "stretch.pain_rise=3")[1]
    assert "camera.width = 640 Pixel " in run("settings", "--all")[1]


@pytest.mark.parametrize("columns", [40, 60])
def test_the_list_of_stretches_fits_a_narrow_terminal(run, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    _, out, _ = run("stretch", "list")
    assert max(map(len, map(str.rstrip, out.splitlines()))) <= columns
    for words in (
        "exercise · dose · camera · judged",
        "thoracic_stretch",
        "15 s × 3 · side · well",
        "routine · minutes",
    ):
        assert words in out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("watch --re", {"--record", "--realtime"}),
        ("stretch ", {"do", "list", "show", "history"}),
        ("stretch sh", {"show"}),
        ("stretch --m", {"--minutes"}),
        ("stretch chin_tuck --m", {"--minutes"}),
    ],
)
def test_a_shell_completes_commands_and_options(typed, offered):
    words = typed.split(" ")
    completes = {"_POSTURECAM_COMPLETE": "complete_bash", "COMP_WORDS": f"posturecam {typed}"}
    environment = os.environ | completes | {"COMP_CWORD": str(len(words))}
    done = subprocess.run(
        [sys.executable, "-m", "posturecam"], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert set(done.stdout.split()) == offered
