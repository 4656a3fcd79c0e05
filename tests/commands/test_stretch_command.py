"""`posturecam stretch` as a user meets it: lists, judging a video, a session with a camera, and the history."""

import csv
import io
import json
import os
import re
import sys
import time
from datetime import datetime
from itertools import pairwise
from types import SimpleNamespace
from unittest.mock import MagicMock

import cv2
import numpy as np
import pytest
from command_line import assert_one_line
from fakes.frames import FramesInMemory
from fakes.session import FakeClient
from fakes.voice import FakeVoice
from places import ROOT
from rich.console import Console
from stretch_figures import CASES, CHILD, FACING, FOLD, LONG_SIT, frames

import posturecam.commands.stretch as command
from posturecam import system
from posturecam.alerts.policy import Response
from posturecam.coach.cues import ChimeKind
from posturecam.coach.library import exercise_names, load_exercise, load_routine, pick, routine_names
from posturecam.coach.presentation.controls import Controls
from posturecam.coach.presentation.descriptions import dose_text
from posturecam.coach.safety import Answers
from posturecam.commands import shared
from posturecam.commands import watch as watch_command
from posturecam.commands.options import wanted_stretch
from posturecam.commands.questions import ask_after, ask_before, ask_which
from posturecam.commands.watch import WatchOptions
from posturecam.config.settings import BreakSettings, Settings, StretchSettings
from posturecam.config.settings_file import change_settings, load_settings
from posturecam.errors import CameraError, SettingsError, SourceError
from posturecam.history.baselines import Baselines
from posturecam.history.database import history_path
from posturecam.history.stretches import StretchHistory
from posturecam.i18n.languages import LANGUAGES
from posturecam.i18n.translate import choose_language, tr
from posturecam.posture.view import View
from posturecam.session.protocol.mailbox import Mailbox
from posturecam.session.stretching.rest_day import rest_day
from posturecam.session.stretching.speaking import speak
from posturecam.terminal.stretching import LiveCoachView
from posturecam.vision.sources.recording import RecordingWriter

pytestmark = pytest.mark.usefixtures("kept_models")

REP = ((2.5, FOLD), (17.0, FOLD), (2.5, LONG_SIT), (9.0, LONG_SIT))
WELL = ((2.0, LONG_SIT), *REP)
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


@pytest.fixture(autouse=True)
def no_sound(monkeypatch):
    monkeypatch.setattr(command, "open_voice", lambda *_: FakeVoice())
    monkeypatch.setattr(command, "opens_window", bool)


def recording(path, *parts, rate=10.0):
    with RecordingWriter(path, FramesInMemory([]).info, "full") as writer:
        for frame in frames(*parts, rate=rate):
            writer.add(frame.t, frame.pose, frame.problem)
    return path


LIVE_START = 6.0
"""Additional seconds in the start pose: with a live camera there is a count-in."""


class Camera(FramesInMemory):
    """Constructed landmarks as a camera; `at` maps seconds after the count-in to an action."""

    def __init__(self, *parts, at=None, rate=5.0):
        super().__init__(frames((LIVE_START, parts[0][1]), *parts, rate=rate), live=True)
        self._at = [(t + LIVE_START, what) for t, what in (at or {}).items()]
        self._going_on = super().__iter__()
        self.closed = []

    def at(self, t, what):
        """Run this at that time."""
        self._at.append((t, what))

    def __iter__(self):
        """A second iteration continues where the first one stopped."""
        for frame in self._going_on:
            while self._at and frame.t >= self._at[0][0]:
                self._at.pop(0)[1]()
            yield frame

    def close(self):
        self.closed.append(True)


class Keys:
    """A keyboard on which a test presses keys."""

    def __init__(self):
        self.able, self._pressed = True, ""

    def press(self, keys):
        return lambda: setattr(self, "_pressed", self._pressed + keys)

    def pressed(self):
        pressed, self._pressed = self._pressed, ""
        return pressed

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass


@pytest.fixture
def keys(monkeypatch):
    made = Keys()
    monkeypatch.setattr(command, "Keyboard", lambda: made)
    return made


@pytest.fixture
def camera(monkeypatch):
    """Use constructed landmarks instead of the camera."""

    def putting(*parts, **options):
        source = Camera(*parts, **options)
        monkeypatch.setattr(command, "prepare", lambda what, **_: (Settings(), source, Baselines()))
        return source

    return putting


@pytest.fixture
def answering(monkeypatch):
    """Simulate a terminal that answers questions in order; returns the questions."""

    def answers(*given):
        waiting = list(given)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
        monkeypatch.setattr("builtins.input", lambda *_: waiting.pop(0) if waiting else (_ for _ in ()).throw(EOFError))
        return waiting

    return answers


def kept():
    with StretchHistory() as history:
        return history.sessions()


# Lists.


@pytest.mark.parametrize("arguments", [(), ("do",), ("list",), ("show",), ("history",)])
def test_every_command_has_help(run, arguments):
    code, out, _ = run("stretch", *arguments, "--help")
    assert code == 0
    assert "Usage: posturecam stretch" in out


def test_the_list_names_every_exercise_and_routine(run):
    code, out, _ = run("stretch", "list")
    assert code == 0
    for name in (*exercise_names(), *routine_names()):
        assert name in out
    code, out, _ = run("stretch", "list", "--json")
    listed = json.loads(out)
    assert [one["id"] for one in listed["exercises"]] == exercise_names()
    assert [one["id"] for one in listed["routines"]] == routine_names()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_tells_what_is_only_timed_from_what_a_camera_can_judge_a_little(run, language):
    change_settings({"desktop.language": language})
    _, out, _ = run("stretch", "list")
    judged = {row.split()[0]: re.split(r"\s{2,}", row.strip())[-1] for row in out.splitlines() if row.strip()}
    exercises = ("thoracic_stretch", "neck_rotation", "cat_cow", "eye_rest")  # well, roughly, hardly, not at all
    assert len({judged[one] for one in exercises}) == 4
    assert judged["eye_rest"] == judged["wrist_rest"]


def test_a_routine_is_shown_with_its_exercises_and_their_doses(run):
    code, out, err = run("stretch", "show", "upper_back")
    assert (code, err) == (0, "")
    assert out.startswith("Upper back  (upper_back)\n")
    shown = [line.strip() for line in out.splitlines() if re.match(r" +\d+\. ", line)]
    assert shown[:3] == [
        "1. Thoracic stretch (thoracic_stretch): 15 s × 3",
        "2. Child's pose (childs_pose): 15 s × 3",
        "3. Cat and cow (cat_cow): 2 s × 5",  # as many as in the routine, not as alone
    ]
    assert "1, 3, 5" in run("stretch", "show", "desk_break")[1]
    listed = json.loads(run("stretch", "list", "--json")[1])["routines"]
    assert json.loads(run("stretch", "show", "upper_back", "--json")[1]) in listed


def test_of_an_exercise_that_is_only_timed_it_is_said_once_that_nothing_is_judged(run):
    _, out, _ = run("stretch", "show", "eye_rest")
    assert "the camera judges nothing." in out
    assert load_exercise("eye_rest").trust.judges not in out


def test_an_exercise_is_shown(run):
    code, out, _ = run("stretch", "show", "thoracic_stretch")
    assert code == 0
    for heading in (
        "How",
        "Dose",
        "Camera",
        "What the camera can judge",
        "What it cannot judge",
        "Take care",
        "Variants",
    ):
        assert heading in out
    code, out, _ = run("stretch", "show", "thoracic_stretch", "--json")
    assert json.loads(out)["id"] == "thoracic_stretch"


@pytest.mark.parametrize("arguments", [("thoracic_strech",), ("do", "thoracic_strech"), ("show", "thoracic_strech")])
def test_a_misspelled_exercise_suggests_similar_ones(run, arguments):
    code, _, err = run("stretch", *arguments)
    assert code == 2
    assert_one_line(err, "thoracic_strech", "did you mean thoracic_stretch")


def test_a_misspelled_routine_suggests_similar_ones(run):
    code, _, err = run("stretch", "--routine", "upper_bck")
    assert code == 2
    assert_one_line(err, "upper_bck", "upper_back")


def test_an_exercise_and_a_routine_exclude_each_other(run):
    code, _, err = run("stretch", "cobra", "--routine", "full")
    assert code == 2
    assert "cobra" in err


def test_help_of_the_program_does_not_load_the_coach():
    import subprocess

    code = "import sys; sys.argv=['posturecam','stretch','--help']\ntry:\n import posturecam.__main__ as m; m.main()\nexcept SystemExit: pass\nprint([n for n in ('numpy','cv2','mediapipe','miniaudio') if n in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip().endswith("[]")


# A video.


def test_a_video_is_judged_rep_by_rep(run, tmp_path):
    path = recording(tmp_path / "well.npz", *WELL, *REP, *REP)
    code, out, err = run("stretch", "thoracic_stretch", "--source", path)
    assert code == 0, err
    assert out.count(": counted, ") == 3
    assert "seen, depth " in out
    assert "3 of 3 counted" in out
    assert "graded strictly" in out
    assert not history_path().exists()  # a video of somebody is not the user's history


def test_a_video_of_another_pose_counts_nothing(run, tmp_path):
    path = recording(tmp_path / "other.npz", (3.0, LONG_SIT), (2.0, CHILD), (10.0, CHILD))
    code, out, _ = run("stretch", "thoracic_stretch", "--source", path)
    assert code == 0
    assert ": counted" not in out
    assert "0 of 3 counted" in out


def test_json_is_a_record_per_check_and_the_summary(run, tmp_path):
    path = recording(tmp_path / "well.npz", *WELL)
    code, out, _ = run("stretch", "thoracic_stretch", "--source", path, "--json")
    assert code == 0
    *ticks, last = [json.loads(line) for line in out.splitlines()]
    assert {"t", "exercise", "phase", "seen", "unseen", "depth", "faults", "measures", "events"} <= set(ticks[0])
    types = [event["type"] for tick in ticks for event in tick["events"]]
    assert types.index("ready") < types.index("entered") < types.index("hold_reached") < types.index("rep_counted")
    assert last["summary"]["counted"] == 1
    (first, *_) = last["summary"]["exercises"][0]["reps"]
    assert first["counted"] is True
    assert first["seen"] == pytest.approx(17, abs=4)
    assert first["depth_unit"] == "°"
    (best,) = last["summary"]["exercises"][0]["best"]
    assert best["depth"] == best["course"][-1] == first["depth"], "one depth has one number of decimals everywhere"
    unknown = [one for tick in ticks for one in tick["measures"].values() if one["value"] is None]
    assert all(one["reason"]["text"] for one in unknown)


def test_a_missing_video_is_an_error_of_one_line(run, tmp_path):
    code, _, err = run("stretch", "cobra", "--source", tmp_path / "none.mp4")
    assert code == 3
    assert_one_line(err, "none.mp4")


@pytest.mark.smoke
def test_a_real_video_goes_through_the_model(run):
    """Somebody at a desk is not stretching: nothing counts, and the output says what is missing."""
    code, out, err = run(
        "stretch", "thoracic_stretch", "--source", ROOT / "sample_videos" / "desk_front.mp4", "--rate", "1"
    )
    assert code == 0, err
    assert "0 of 3 counted" in out
    assert "setup: " in out


# A session with a camera.


def test_a_session_is_counted_spoken_and_kept(run, camera, keys, monkeypatch):
    voice = FakeVoice(["There is no voice: for a test."])
    monkeypatch.setattr(command, "open_voice", lambda *_: voice)
    camera(*WELL, *REP, *REP)
    code, out, err = run("stretch", "thoracic_stretch")
    assert code == 0, err
    assert "3 of 3 counted" in out
    assert out.count("There is no voice: for a test.") == 1
    (session,) = kept()
    assert session.counted == 3
    assert session.ended is not None
    assert [rep.result.rep for rep in session.reps] == [1, 2, 3]
    assert "1" in voice.said
    assert voice.rung.count(ChimeKind.REACHED) == 3
    assert voice.prepared[:3] == ["1", "2", "3"]
    assert voice.closed


def test_without_a_terminal_nothing_is_asked_but_the_warning_is_given(run, camera, keys):
    camera(*WELL)
    _, out, _ = run("stretch", "thoracic_stretch")
    assert "Stop if anything hurts" in out
    assert kept()[0].answers is None


def test_the_screen_is_drawn_while_it_lasts_and_given_back_with_the_card(run, camera, keys, monkeypatch):
    drawn = io.StringIO()
    monkeypatch.setattr(
        command,
        "coach_view",
        lambda name, **_: LiveCoachView(Console(file=drawn, force_terminal=True, width=100), name),
    )
    camera(*WELL)
    run("stretch", "thoracic_stretch")
    panel, hidden, card = drawn.getvalue().rpartition(SHOW_CURSOR)
    assert HIDE_CURSOR in panel
    assert hidden
    assert "counted" in card


def test_no_voice_says_nothing(run, camera, keys, monkeypatch):
    monkeypatch.setattr(command, "open_voice", lambda *_: pytest.fail("a voice was opened"))
    camera(*WELL)
    code, out, _ = run("stretch", "thoracic_stretch", "--no-voice")
    assert code == 0
    assert "counted" in out


def test_ending_early_keeps_what_was_held(run, camera, keys):
    camera(*WELL, at={18.0: keys.press("q")})
    code, out, _ = run("stretch", "thoracic_stretch")
    assert code == 0
    (rep,) = kept()[0].reps
    assert not rep.result.counted
    assert 8 < rep.result.seen < 15
    assert "ended early" in out


def test_ctrl_c_keeps_what_was_held(run, camera, keys):
    def interrupt():
        raise KeyboardInterrupt

    camera(*WELL, at={18.0: interrupt})
    code, out, _ = run("stretch", "thoracic_stretch")
    assert code == 0
    (rep,) = kept()[0].reps
    assert 8 < rep.result.seen < 15
    assert "0 of 3 counted" in out


def test_what_was_held_is_told_and_kept_when_the_camera_is_lost_for_good(run, camera, keys):
    def replaced():
        raise CameraError("Clip was unplugged, and another camera is in its place")

    camera(*WELL, at={18.0: replaced})
    code, out, err = run("stretch", "thoracic_stretch")
    assert code == 4
    assert_one_line(err, "another camera is in its place")
    (rep,) = kept()[0].reps
    assert 8 < rep.result.seen < 15
    assert "0 of 3 counted" in out


def test_a_pause_loses_nothing(run, camera, keys):
    camera(*WELL, *REP, at={10.0: keys.press(" "), 14.0: keys.press(" ")})
    code, out, _ = run("stretch", "thoracic_stretch")
    assert code == 0
    assert "paused" in out
    assert "resumed" in out
    (session,) = kept()
    assert sum(rep.result.seen for rep in session.reps) > 20


def test_skipping_goes_to_the_next_exercise(run, camera, keys):
    case = CASES["childs_pose"]
    camera(
        (2.0, LONG_SIT), (2.5, FOLD), (6.0, FOLD), (9.0, case.start), *case.reps(1, 16.0), at={10.0: keys.press("s")}
    )
    code, out, _ = run("stretch", "--routine", "upper_back")
    assert code == 0
    assert "skipped before its end" in out
    (session,) = kept()
    assert session.title == "Upper back"
    assert {rep.exercise for rep in session.reps} >= {"thoracic_stretch", "childs_pose"}


def test_muting_silences_and_loses_nothing(run, camera, keys, monkeypatch):
    voice = FakeVoice()
    monkeypatch.setattr(command, "open_voice", lambda *_: voice)
    camera(*WELL, at={9.0: keys.press("m"), 15.0: keys.press("m")})
    run("stretch", "thoracic_stretch")
    numbers = [int(text) for text in voice.said if text.isdecimal()]
    assert {1, 2} & set(numbers)
    assert not {7, 8} & set(numbers)
    assert 14 in numbers or 15 in numbers
    assert kept()[0].counted == 1


def test_a_lost_camera_is_found_again(run, camera, keys):
    camera((2.0, LONG_SIT), (2.5, FOLD), (6.0, FOLD), (3.0, "away"), (10.0, FOLD), (2.5, LONG_SIT), (3.0, LONG_SIT))
    code, out, _ = run("stretch", "thoracic_stretch")
    assert code == 0
    assert "no clear view: " in out
    assert "seen again after" in out
    assert kept()[0].counted == 1
    assert kept()[0].reps[0].result.unseen > 1


def test_the_next_session_compares_with_this_one(run, camera, keys):
    for _ in range(2):
        camera(*WELL)
        _, out, _ = run("stretch", "thoracic_stretch")
    assert "the first from this view" not in out
    assert "best so far" in out or "further than ever before" in out


def test_a_history_that_cannot_be_kept_is_reported_and_the_session_continues(run, camera, keys, own_home):
    own_home.parent.mkdir(exist_ok=True)
    own_home.write_text("a file where the folder should be")
    camera(*WELL)
    code, out, _ = run("stretch", "thoracic_stretch")
    assert code == 0
    assert "1 of 3 counted" in out
    assert "The session continues" in out


def test_a_damaged_history_is_set_aside_and_said(run, camera, keys, own_home):
    own_home.mkdir()
    history_path().write_bytes(b"no database, certainly not" * 100)
    camera(*WELL)
    code, out, _ = run("stretch", "thoracic_stretch")
    assert code == 0
    assert "damaged-1" in out
    assert kept()[0].counted == 1


def test_a_missing_camera_is_an_error_of_one_line(run, monkeypatch):
    def none(*_, **__):
        raise CameraError("There is no camera; connect one")

    monkeypatch.setattr(command, "prepare", none)
    code, _, err = run("stretch", "cobra")
    assert code == 4
    assert_one_line(err, "no camera")


# Questions.


def console():
    from rich.console import Console

    return Console(width=200)


FOLDING = load_exercise("thoracic_stretch")
NECK = load_exercise("chin_tuck")


def test_the_question_about_problems_comes_once_with_the_cautions(answering, capsys):
    answering("")
    answers, going = ask_before(console(), "Thoracic stretch", [FOLDING])
    assert (answers, going) == (Answers(False, 0), [FOLDING])
    out = capsys.readouterr().out
    for caution in FOLDING.cautions:
        assert caution in out
    for heading in ("Dose", "Camera", "Take care"):
        assert f"\n{heading}\n" in out
    assert "Any pain, numbness or dizziness?" in out
    assert "not medical advice" in out


def test_of_several_exercises_each_dose_is_said_with_its_title(answering, capsys):
    answering("")
    ask_before(console(), "Routine", [FOLDING, NECK])
    lines = capsys.readouterr().out.splitlines()
    for one in (FOLDING, NECK):
        assert [line for line in lines if one.title in line and str(dose_text(one)) in line], one.id


def test_a_reported_problem_kindly_stops_a_single_exercise(answering, capsys):
    answering("y")
    answers, going = ask_before(console(), "Thoracic stretch", [FOLDING])
    assert answers.troubled
    assert going == []
    assert "doctor" in capsys.readouterr().out


@pytest.mark.parametrize("affected", ["n", ""], ids=["no", "Enter"])
def test_a_reported_problem_leaves_out_the_exercises_it_affects(answering, capsys, affected):
    """ "Do you want to do" each of them: a "no" used to include it, and a "yes" to leave it out."""
    answering("yes", affected, "y", "4")
    answers, going = ask_before(console(), "Routine", [FOLDING, NECK])
    assert "Do you want to do" in capsys.readouterr().out
    assert going == [NECK]
    assert answers == Answers(True, 4)


def test_the_question_what_else_to_do_ends_its_sentences_as_the_language_ends_them(answering, capsys):
    choose_language("zh")
    answering("yes", "n", "y", "4")
    ask_before(console(), "Routine", [FOLDING, NECK])
    (asked,) = [line for line in capsys.readouterr().out.splitlines() if tr("Do you want to do:") in line]
    assert "。" in asked
    assert "." not in asked


def test_leaving_everything_out_while_watching_ends_the_suggestions_of_that_day(answering):
    answering("y", *["n"] * 10)
    client = FakeClient()
    command.stretch_within(client, Mailbox(), iter(()), "desk_break", View.FRONT)
    assert client.asked == [("no_stretching_today",)]


def test_leaving_everything_out_ends_kindly(answering, capsys):
    answering("y", "n", "")
    assert ask_before(console(), "Routine", [FOLDING, NECK])[1] == []
    assert "Take care of yourself" in capsys.readouterr().out


# Without a name.


def test_without_a_name_the_routines_are_offered_and_enter_is_the_break_at_the_desk(answering, capsys):
    answering("")
    assert ask_which(console(), command.offered()) == "desk_break"
    out = capsys.readouterr().out
    first, *_ = (line for line in out.splitlines() if line.strip().startswith("1"))
    assert all(word in first for word in ("Desk break", "1, 3 or 5 minutes", "At the desk"))
    assert "Upper back  about 5 minutes · On the floor" in out
    assert all(load_routine(name).title in out for name in routine_names())


@pytest.mark.parametrize(
    ("given", "chosen"), [(("9", "cobr", "2"), None), (("childs_pose/cushion",), "childs_pose/cushion"), (("q",), "")]
)
def test_a_number_or_any_name_is_an_answer_and_q_leaves(answering, capsys, given, chosen):
    answering(*given)
    offered = command.offered()
    assert ask_which(console(), offered) == (offered[1].id if chosen is None else chosen or None)
    assert ("did you mean cobra" in capsys.readouterr().out) == ("cobr" in given)


def test_leaving_the_offer_opens_no_camera(run, monkeypatch, answering):
    answering("q")
    monkeypatch.setattr(command, "prepare", lambda *_, **__: pytest.fail("a camera was opened"))
    change_settings({"desktop.language": "es"})
    code, out, _ = run("stretch")
    assert (code, out.splitlines()[0]) == (0, "¿Qué quieres hacer?")


def test_the_answer_is_what_is_done(run, camera, keys, answering):
    answering("thoracic_stretch", "n", "")
    camera(*WELL)
    code, _, _ = run("stretch")
    assert code == 0
    assert kept()[0].title == "Thoracic stretch"


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_where_nobody_can_answer_it_is_the_break_at_the_desk(run, camera, keys, monkeypatch, arguments):
    picked = []
    monkeypatch.setattr(command, "pick", lambda *given: picked.append(given) or pick(*given))
    camera((9.0, FACING), at={1.0: keys.press("q")})
    assert run("stretch", *arguments)[0] == 0
    assert len(picked) == 1


def test_a_video_is_not_judged_without_a_name(run, tmp_path):
    path = recording(tmp_path / "well.npz", *WELL)
    code, _, err = run("stretch", "--source", path)
    assert code == 2
    assert_one_line(err, "well.npz", "posturecam stretch list")


@pytest.mark.parametrize("name", ["pose.png", "."], ids=["a picture", "a folder"])
def test_a_stretch_is_not_judged_in_pictures(run, tmp_path, name):
    cv2.imwrite(str(tmp_path / "pose.png"), np.zeros((48, 64, 3), np.uint8))
    code, out, err = run("stretch", "childs_pose", "--source", tmp_path / name)
    assert (code, out) == (3, "")
    assert_one_line(err, "single pictures", "name a video or a recording")


def test_a_low_rate_is_raised_so_that_pictures_of_a_video_do_not_each_follow_a_gap(run, monkeypatch):
    """One picture a second of a video of 29.97 a second is one every 1.001 s: nothing was counted, and nothing said."""
    asked = {}

    def opening(*_, **options):
        asked.update(options)
        raise SourceError("that is enough")

    monkeypatch.setattr(shared, "open_source", opening)
    assert run("stretch", "childs_pose", "--source", "a.mp4", "--rate", "1")[0] == 3
    assert asked["rate"] * StretchSettings().longest_gap > 1.1


def test_the_list_of_routines_has_no_number_before_the_first_or_after_the_last(answering):
    offered = command.offered()
    for wrong in ("0", str(len(offered) + 1)):
        answering(wrong, "2")
        assert ask_which(console(), offered) == offered[1].id
    answering(str(len(offered)))
    assert ask_which(console(), offered) == offered[-1].id


def test_q_leaves_the_list_of_routines_without_another_question(answering):
    left = answering("q", "2")
    assert ask_which(console(), command.offered()) is None
    assert left == ["2"]


@pytest.mark.parametrize(
    ("given", "troubled"), [("y", True), ("Yes", True), ("sí.", True), ("S", True), ("n", False), ("NO", False)]
)
def test_yes_and_no_are_understood_in_the_users_language_and_in_english(answering, given, troubled):
    choose_language("es")
    left = answering(given, "?")
    assert ask_before(console(), "One", [FOLDING])[0].troubled is troubled
    assert left == ["?"], "one answer is enough"


def test_where_the_camera_stands_is_said_of_every_exercise_before_it_begins(answering, capsys):
    answering("n")
    ask_before(console(), "Both", [FOLDING, NECK])
    out = capsys.readouterr().out
    assert all(out.count(one.placement.text) == 1 for one in (FOLDING, NECK))


def test_other_answers_are_asked_for_again(answering, capsys):
    answering("maybe", "n")
    assert not ask_before(console(), "One", [FOLDING])[0].troubled
    assert "y or n" in capsys.readouterr().out


def test_the_end_of_the_input_is_not_an_answer(answering):
    answering()
    assert ask_after(console(), Answers(False, 0), StretchSettings()).after is None


@pytest.mark.parametrize("given", [(), ("maybe",), ("y",)])
def test_the_end_of_the_input_is_not_an_answer_about_pain_and_begins_nothing(run, camera, keys, answering, given):
    answering(*given)
    camera(*WELL)
    code, out, _ = run("stretch", "upper_back")
    assert code == 0
    assert "Nothing was started, because the question was not answered." in out
    assert kept() == []


@pytest.mark.parametrize(("given", "after"), [(("2",), 2), (("11", "x", "10"), 10), (("",), None)])
def test_the_answer_afterwards_is_a_number_or_nothing(answering, given, after):
    answering(*given)
    assert ask_after(console(), Answers(False, 0), StretchSettings()).after == after


@pytest.mark.parametrize(("rise", "warned"), [(2, True), (3, False)])
def test_a_rise_that_counts_for_the_user_is_met_with_care(answering, capsys, rise, warned):
    answering("5")
    ask_after(console(), Answers(True, 3), StretchSettings(pain_rise=rise))
    assert ("targets stay the same" in capsys.readouterr().out) is warned


def test_a_session_with_its_questions(run, camera, keys, answering):
    answering("n", "3")
    camera(*WELL)
    code, out, _ = run("stretch", "thoracic_stretch")
    assert code == 0
    assert kept()[0].answers == Answers(False, 0, 3)
    answering("n", "")
    camera(*WELL)
    code, out, _ = run("stretch", "thoracic_stretch")
    assert "Your pain went up recently" in out


def test_a_reported_problem_is_saved_without_a_session(run, camera, keys, answering):
    answering("y")
    camera(*WELL)
    assert run("stretch", "thoracic_stretch")[0] == 0
    (session,) = kept()
    assert session.answers == Answers(True)
    assert session.skipped == ("thoracic_stretch",)
    assert session.reps == ()
    assert rest_day() == datetime.now().date(), "a running app suggests no stretch either"


# Keys and voice.


def test_keys_do_what_the_screen_says():
    controls = Controls()
    for key in " sq":
        controls.press(key)
    assert controls.take() == ["toggle", "skip", "end"]
    controls.press("M")
    assert controls.muted
    controls.press("x")
    controls.press("\x1b")
    assert controls.take() == ["end"]


def test_the_window_is_driven_by_the_same_keys(camera, monkeypatch, keys):
    left_up_right_f4 = [0xFF51, 0xFF52, 0xFF53, 0xFFC1]  # as OpenCV's window names them, with the codes of X11
    pressed = iter([-1] * 10 + left_up_right_f4 + [-1] * 10 + [ord("q")] + [-1] * 1000)
    drawn = []
    window = SimpleNamespace(
        WINDOW_NORMAL=0, WINDOW_KEEPRATIO=0, WINDOW_GUI_NORMAL=0, WND_PROP_VISIBLE=0, namedWindow=lambda *_: None,
        resizeWindow=lambda *_: None, imshow=lambda _, image: drawn.append(image.shape), destroyAllWindows=lambda: None,
        waitKeyEx=lambda _: next(pressed), waitKey=lambda _: next(pressed), getWindowProperty=lambda *_: 1,
    )  # fmt: skip
    monkeypatch.setattr(command, "cv2", window)
    camera(*WELL)
    command.stretch("thoracic_stretch", window=True, voice=False)
    assert set(drawn) == {(720, 1280, 3)}
    assert 20 < len(drawn) < 30


def test_nothing_moves_in_the_window_of_who_has_asked_the_system_for_less_motion(camera, monkeypatch, keys):
    still = []
    monkeypatch.setattr(command, "cv2", MagicMock(**{"waitKeyEx.return_value": ord("q")}))
    monkeypatch.setattr(command, "coach_picture", lambda *told, **_: still.append(told[2].desktop.reduced_motion))
    for wanted in (False, True):
        monkeypatch.setattr(system, "wants_less_motion", lambda wanted=wanted: wanted)
        camera(*WELL)
        command.stretch("thoracic_stretch", window=True, voice=False)
    assert (still[0], still[-1]) == (False, True)


def test_a_mute_reaches_the_voice_before_the_words(run, camera, keys, monkeypatch):
    voice = FakeVoice()
    monkeypatch.setattr(command, "open_voice", lambda *_: voice)
    change_settings({"voice.speech": "false", "voice.chimes": "false"})
    camera(*WELL)
    monkeypatch.setattr(command, "prepare", lambda what, **_: (load_settings(), Camera(*WELL), Baselines()))
    assert run("stretch", "thoracic_stretch")[0] == 0
    assert (voice.said, voice.rung) == ([], [])
    assert kept()[0].counted == 1


def test_a_voice_that_breaks_is_reported_and_the_session_continues_without(run, camera, keys, monkeypatch):
    voice = FakeVoice()
    voice.say = lambda *_, **__: 1 / 0
    monkeypatch.setattr(command, "open_voice", lambda *_: voice)
    camera(*WELL)
    code, out, _ = run("stretch", "thoracic_stretch")
    assert code == 0
    assert out.count("There is no voice: an error in posturecam (ZeroDivisionError") == 1
    assert kept()[0].counted == 1


def test_numbers_are_left_out_rather_than_late():
    from stretch_figures import run as coach_run

    given = []
    voice = SimpleNamespace(muted=False, chime=lambda _: None, hush=lambda: None)
    voice.say = lambda text, *, interrupts, lateness: given.append((text, lateness))
    for tick in coach_run("thoracic_stretch", *WELL, rate=5.0):
        speak(tick, voice, Settings().voice)
    numbers = {late for text, late in given if text.isdecimal()}
    words = {late for text, late in given if not text.isdecimal()}
    assert numbers == {Settings().voice.count_lateness}
    assert words == {Settings().voice.lateness}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
def test_the_keyboard_reads_single_keys_and_puts_the_terminal_back(monkeypatch):
    import pty
    import termios

    from posturecam.terminal.keyboard import Keyboard

    master, slave = pty.openpty()
    with os.fdopen(slave, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        before = termios.tcgetattr(terminal)
        with Keyboard() as keyboard:
            assert keyboard.pressed() == ""
            os.write(master, b"m ")
            end = time.monotonic() + 5
            keys = ""
            while len(keys) < 2 and time.monotonic() < end:
                keys += keyboard.pressed()
            assert keys == "m "
            os.write(master, b"\x1b[A\x1bOS\x1b[15;2~r\x1b[[A\x1b")  # arrow, F4, Shift-F5, r, a console's F1, Escape
            keys = ""
            while len(keys) < 2 and time.monotonic() < end:
                keys += keyboard.pressed()
            assert keys == "r\x1b"
        assert termios.tcgetattr(terminal) == before
    os.close(master)


def test_there_are_no_keys_without_a_terminal(monkeypatch):
    from posturecam.terminal.keyboard import Keyboard

    monkeypatch.setattr(sys, "stdin", None)
    with Keyboard() as keyboard:
        assert keyboard.pressed() == ""


# History.


@pytest.fixture
def done(run, camera, keys):
    camera(*WELL)
    run("stretch", "thoracic_stretch")


def test_no_history_yet_is_reported(run):
    code, out, _ = run("stretch", "history")
    assert code == 0
    assert "No stretching was recorded yet" in out
    assert not history_path().exists()


def test_the_history_is_shown(run, done):
    code, out, _ = run("stretch", "history")
    assert code == 0
    headings, session = (re.split(r"\s{2,}", line.strip()) for line in out.splitlines()[:2])
    assert headings == ["when", "session", "counted", "held", "deepest", "pain"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", session[0])
    assert session[1:3] == ["Thoracic stretch", "1 of 1"]
    assert re.fullmatch(r"\d+ s", session[3])
    assert "°" in session[4]
    code, out, _ = run("stretch", "history", "--json")
    assert json.loads(out)[0]["reps"][0]["counted"] is True


def test_the_history_is_exported(run, done, tmp_path):
    path = tmp_path / "stretching.csv"
    code, out, _ = run("stretch", "history", "--export", path)
    assert code == 0
    assert out == f"{path}: 1 session\n"
    with path.open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["exercise"] == "thoracic_stretch"
    code, _, err = run("stretch", "history", "--export", tmp_path / "stretching.xls")
    assert code == 7
    assert_one_line(err, ".csv or .json")


# From an alert into the coach.


class Shown:
    """A screen that performs an action at a given time."""

    console = console()

    def __init__(self, at=None):
        self.at, self.notes, self.shown = dict(at or {}), [], []

    def show(self, tick, outlook):
        self.shown.append(tick)
        for t in [t for t in self.at if tick.frame.t >= t]:
            self.at.pop(t)()

    def rest(self, snapshot):
        pass

    def note(self, text):
        self.notes.append(text)

    def follow(self, settings, baseline=None):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass


def interrupt():
    raise KeyboardInterrupt


@pytest.fixture
def alerted(monkeypatch, keys):
    """Watch a camera; an alert soon comes and is answered with "Stretch now"."""
    monkeypatch.setattr(watch_command, "Keyboard", lambda: keys)
    answers = []
    deliveries = SimpleNamespace(
        responses=lambda: [answers.pop()] if answers else [], deliver=lambda _: None, close=lambda: None
    )
    monkeypatch.setattr(watch_command, "open_deliveries", lambda *_: deliveries)

    def watching(source, shown, **settings):
        shown.at[LIVE_START] = lambda: answers.append(Response.STRETCH)
        watch_command.run(source, Baselines(), Settings(**settings), WatchOptions(history=False), show=shown)
        return shown

    return watching


def test_stretch_now_leads_into_the_coach_by_a_key_and_back_to_watching(alerted, keys, capsys):
    case = CASES["chin_tuck"]
    source = Camera((60.0, case.start))
    shown = Shown({LIVE_START + 2: keys.press("s"), LIVE_START + 40: interrupt})
    source.at(LIVE_START + 10, keys.press("q"))
    alerted(source, shown)
    out = capsys.readouterr().out
    assert "Stop if anything hurts" in out
    assert "Back to watching" in out
    times = [tick.frame.t for tick in shown.shown]
    assert max(later - before for before, later in pairwise(times)) > 5, "the coach had the camera in between"
    assert shown.at == {}
    assert len(source.closed) == 1, "it was one session with one camera"


@pytest.mark.parametrize(("able", "words"), [(True, "press s"), (False, "Ctrl-C")])
def test_stretch_now_names_the_command(alerted, keys, able, words):
    keys.able = able
    (note,) = alerted(Camera((3.0, LONG_SIT)), Shown({LIVE_START + 2: interrupt})).notes
    assert "posturecam stretch --routine desk_break" in note
    assert words in note


def test_stretch_now_starts_the_routine_that_the_user_chose_for_breaks(alerted):
    shown = Shown({LIVE_START + 2: interrupt})
    (note,) = alerted(Camera((3.0, LONG_SIT)), shown, breaks=BreakSettings(routine="upper_back")).notes
    assert "posturecam stretch --routine upper_back" in note


def test_a_routine_that_cannot_be_used_does_not_end_the_watch(alerted, keys, caplog, capsys, monkeypatch):
    def broken(_):
        raise SettingsError("The routine is broken")

    monkeypatch.setattr(command, "load_routine", broken)
    shown = Shown({LIVE_START + 1: keys.press("s"), LIVE_START + 2: interrupt})
    alerted(Camera((3.0, LONG_SIT)), shown)
    assert "The routine is broken" in caplog.text
    assert "Back to watching" in capsys.readouterr().out
    assert shown.at == {}


# The break at the desk.


@pytest.fixture
def without_camera(monkeypatch):
    """No camera, and the seconds that a session waited: waits return at once, while its clock advances."""

    def none(*_, **__):
        raise CameraError("No camera is connected")

    def quick(session, mailbox):
        for seconds in session.steps():
            waited[0] += seconds
            yield mailbox.take()

    waited = [0.0]
    monkeypatch.setattr(command, "prepare", none)
    monkeypatch.setattr(command, "moments", quick)
    monkeypatch.setattr(command, "SystemClock", lambda: SimpleNamespace(time=lambda: waited[0]))
    return waited


def test_a_desk_break_without_a_camera_is_timed_only_for_as_long_as_was_asked(run, keys, without_camera, caplog):
    code, out, _ = run("stretch", "--routine", "desk_break", "--minutes", "1")
    assert code == 0
    assert "No camera is connected" in caplog.text
    assert "there is no picture to judge" in out
    assert 30 < without_camera[0] <= 64, "two seconds for each exercise in which a picture may still come"
    assert "timed only" in out
    assert "mistake" not in out


def test_a_break_that_was_timed_to_its_end_does_not_read_as_left_out_in_the_history(run, keys, without_camera):
    run("stretch", "--routine", "desk_break", "--minutes", "1")
    code, out, _ = run("stretch", "history")
    assert code == 0
    assert re.search(r"\d timed only", out)
    assert not re.search(r"\d of \d", out)


def test_what_is_only_timed_needs_no_camera(run, keys, without_camera, caplog):
    code, out, _ = run("stretch", "eye_rest")
    assert code == 0
    assert "Eye rest: 1 of 1 done, timed only" in out
    assert 20 < without_camera[0] <= 40
    assert not caplog.text


def test_a_routine_is_found_by_its_name_alone(run, keys, without_camera):
    code, out, _ = run("stretch", "eyes_and_wrists")
    assert code == 0
    assert "Eye rest: 1 of 1 done, timed only" in out


@pytest.mark.parametrize("what", [["cobra"], ["--routine", "upper_back"], ["thoracic_stretch/bent_knees"]])
def test_minutes_are_refused_for_what_has_its_own_length(run, what):
    code, _, err = run("stretch", *what, "--minutes", "1")
    assert code == 2
    assert "desk_break" in err


def test_a_break_of_another_length_is_refused_with_the_possible_ones(run):
    code, _, err = run("stretch", "--routine", "desk_break", "--minutes", "2")
    assert code == 2
    assert "1, 3 or 5" in err


def test_a_file_that_cannot_be_looked_up_is_said_and_no_error_of_posturecam(run):
    code, _, err = run("stretch", "--source", f"{'x' * 5000}.mp4")
    assert code == 3
    assert_one_line(err, "name")
    assert "an error in posturecam" not in err


def test_minutes_are_for_the_break_that_was_named_or_else_for_the_one_at_the_desk(own_home):
    (own_home / "routines").mkdir(parents=True)
    (own_home / "routines" / "mine.toml").write_text(
        'id = "mine"\ntitle = "Mine"\nwhy = "Now."\nminutes = 3\npick = "desk"\n'
    )
    assert wanted_stretch("mine", 3) == "mine"
    assert wanted_stretch("", 3) == "desk_break"
    assert wanted_stretch("cobra", None) == "cobra"
    assert wanted_stretch("", None) == ""
