"""Exercises and routines as files: the package's, the user's own, and the errors for damaged ones; safety; summaries."""

import re
from pathlib import Path

import pytest
from places import ROOT

from posturecam.coach.exercise import Depth, Exercise
from posturecam.coach.library import (
    exercise_folder,
    exercise_names,
    find,
    load_exercise,
    load_library,
    load_routine,
    read_exercise,
    routine_folder,
    routine_names,
)
from posturecam.coach.routine import DeskForm, Routine, Step
from posturecam.coach.safety import MORE_PAIN, STILL_PAIN, Answers, answer_to, cautions, is_frozen, who_should_skip
from posturecam.coach.session_summary import Lacking, PastDepth, RepResult, SessionSummary, SetSummary, target
from posturecam.coach.stretch_measures import MEASURES
from posturecam.config.settings import StretchSettings
from posturecam.errors import SettingsError, UnknownExercise
from posturecam.i18n.translate import choose_language, tr
from posturecam.posture.view import View


def example() -> str:
    """The example exercise in docs/exercises.md."""
    text = (ROOT / "docs" / "exercises.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(id = .*?)```", text, re.DOTALL)
    return block


@pytest.fixture
def own(tmp_path):
    """Write a custom exercise."""

    def write(text, name="doorway_lean"):
        exercise_folder().mkdir(parents=True, exist_ok=True)
        path = exercise_folder() / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_exercises_load_and_every_variant_with_them():
    found = {exercise.id: exercise for exercise in load_library().exercises}
    assert len(found) == 21
    assert set(found["thoracic_stretch"].variants) == {"bent_knees", "upright_hinge", "cushion"}
    assert set(found["childs_pose"].variants) == {"cushion", "arms_back", "head_on_block"}
    for exercise in found.values():
        assert exercise.trust.cannot
        assert exercise.start.cue or exercise.is_timed
        assert exercise.enter.cue
        for name in exercise.variants:
            variant = load_exercise(f"{exercise.id}/{name}")
            assert variant.variant == name
            assert variant.key == f"{exercise.id}/{name}"


def test_routines_are_five():
    assert routine_names() == ["desk_break", "eyes_and_wrists", "full", "hips_and_legs", "upper_back"]
    assert [step.exercise for step in load_routine("upper_back").steps][:2] == ["thoracic_stretch", "childs_pose"]
    assert load_routine("desk_break").pick == "desk"
    assert all(one.position != "floor" for one in map(load_exercise, exercise_names()) if one.desk)


def test_the_example_of_the_guide_loads(own):
    path = own(example())
    exercise = load_exercise("doorway_lean")
    assert read_exercise(path) == exercise
    assert "doorway_lean" in exercise_names()


def test_the_routine_of_the_guide_loads(own):
    own(example())
    text = (ROOT / "docs" / "exercises.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(title = .*?)```", text, re.DOTALL)
    routine_folder().mkdir(parents=True)
    (routine_folder() / "after_lunch.toml").write_text(block, encoding="utf-8")

    assert [step.exercise for step in load_routine("after_lunch").steps] == ["doorway_lean", "neck_rotation"]


@pytest.mark.parametrize("name", ["Side lean", "2_leans", "l" * 41])
def test_a_file_whose_name_cannot_be_an_id_is_told_so_and_not_that_its_id_is_wrong(name, own):
    own(example().replace('id = "doorway_lean"\n', ""), name)

    with pytest.raises(SettingsError, match=r"the file's name must be at most 40 lowercase letters") as refused:
        load_exercise(name)

    assert " id " not in str(refused.value)


def test_what_concerns_the_whole_file_is_said_after_its_path(own):
    path = own(example().replace("exit_at_least = 10", "exit_at_least = 15"))

    with pytest.raises(SettingsError) as refused:
        load_exercise("doorway_lean")

    assert str(refused.value).startswith(f"{path}: enter.trunk_lean needs exit bounds")


@pytest.mark.parametrize("name", ["doorway_lean.TOML", "doorway_lean.Toml"])
def test_the_ending_of_an_own_file_may_be_in_capitals(own, name):
    """Linux takes it for another ending, and the exercise used to be missing without a word."""
    path = own(example())
    path.rename(path.with_name(name))
    assert load_exercise("doorway_lean").id == "doorway_lean"


def test_a_file_whose_name_cannot_be_an_id_is_to_be_renamed_after_its_own(own):
    path = own(example())
    other = path.rename(path.with_name("My doorway.toml"))
    with pytest.raises(SettingsError) as refused:
        load_exercise("My doorway")
    assert str(refused.value) == f"{other}: rename the file to doorway_lean.toml"


def test_the_guide_names_every_measure_and_key():
    text = (ROOT / "docs" / "exercises.md").read_text(encoding="utf-8")
    assert [name for name in MEASURES if f"`{name}`" not in text] == []
    assert [name for name in Exercise.model_fields if f"`{name}`" not in text and name != "variant"] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("measure = \"hip_angle\"", "measure = \"hip_angel\""), r"measure.*no measure 'hip_angel'; did you mean hip_angle"),
        (("exit_at_least = 10", "exit_at_least = 20"), r"enter\.conditions\[trunk_lean\].*looser"),
        (("exit_at_least = 10", "exit_at_least = 15"), r"enter\.trunk_lean needs exit bounds looser than its own"),
        (("at_least = 15, exit_at_least = 10", "advisory = true"), r"enter\.conditions\[trunk_lean\].*trunk_lean needs at_least or at_most"),
        (("exit_at_least = 10", "exit_at_least = 10, at_most = 14"), r"trunk_lean: at_least 15 is above at_most 14"),
        (("window = 1.5", "window = 6"), r"faults\[bouncing\].*window must be at most 5, got 6"),
        (("cue = \"Stand tall\"", "cue = \" \""), r"start\.cue.*must not be empty"),
        (("title = ", "titel = "), r"title is missing|titel is not a valid key"),
        (("reps = 2", "reps = 0"), r"dose\.reps must be at least 1, got 0; see docs"),
        (("hold = ", "hold = 'long' # "), r"dose\.hold must be a number, got 'long'"),
        (("hold = ", "hold = -1 # "), r"dose\.hold must be (more than|at least) \d+, got -1"),
        (("cue = \"Lean sideways slowly\"", "cue = \"Lean twenty five degrees to the side now please\""), r"enter\.cue.*at most 7 words"),
        (("cue = \"Lean sideways slowly\"", "cue = \"Lean 20° aside\""), r"enter\.cue.*no figures"),
        (("facing = \"front\"", "facing = \"above\""), r"placement\.facing must be one of: .*side.*; got 'above'"),
        (("[dose]", "[dose"), r"is not TOML \(at line \d+, column 6: \[dose\); fix"),
        (("cautions = [", "cautions = [] # ["), r": cautions must not be empty; see docs"),
        (("title = ", "title = '' # "), r": title must not be empty; see docs"),
        (("exit_at_least = 10 }", "exit_at_least = 10, if_seen = true }"), r"enter needs a condition that is never waived"),
        (("at_least = 15, exit_at_least = 10 }", "at_least = 15, advisory = true }"), r"enter needs a condition that is never waived"),
        (("[depth]", "[release]\nseconds = 0\nconditions = [{ measure = \"trunk_lean\", at_most = 5, if_seen = true }]\n[depth]"), r"release needs a condition that is never waived"),
        (("[depth]", "[variants.easy]\ntitle = \"Easy\"\nabout = \"It is easy.\"\nhow = [\"Sit.\"]\nwaive = [\"enter.trunk_lean\"]\n[depth]"), r"variants\.easy: enter needs a condition that is never waived"),
        (("[depth]", "[variants.easy]\ntitle = \"Easy\"\nabout = \"It is easy.\"\nhow = [\"Sit.\"]\nbounds = { bouncing = { at_least = 9 } }\n[depth]"), r"variants\.easy\.bounds names 'bouncing', which is not a condition"),
        (("title = ", "title = '  ' # "), r": title must not be empty; see docs"),
        (("conditions = [{", "conditions = ['tall', {"), r"start\.conditions\[0\] must be a group of keys and values in braces, got 'tall'"),
        (("id = \"doorway_lean\"", "id = \"other\""), r"id is 'other', and must be 'doorway_lean'"),
    ],
)  # fmt: skip
def test_an_error_names_file_key_and_what_was_expected(own, change, said):
    text = example()
    if change[0] == 'measure = "hip_angle"':
        change = (re.search(r'measure = "\w+"', text).group(0), change[1])
    assert change[0] in text
    path = own(text.replace(*change, 1))
    with pytest.raises(SettingsError) as error:
        load_exercise("doorway_lean")
    assert str(path) in str(error.value)
    assert re.search(said, str(error.value)), str(error.value)
    assert "\n" not in str(error.value)


def test_texts_of_ones_own_are_shown_without_line_breaks_and_control_characters(own):
    """A terminal acts on these, as on "\x1b[31m" in a file that somebody else has written."""
    text = example().replace('title = "Side lean"', 'title = " Side\\u001b[31m lean "')
    text = text.replace('why = "Lengthens the side of the trunk."', 'why = """\nLengthens the side\n  of the trunk."""')
    own(text.replace('cue = "Stand tall"', 'cue = "Stand\\ttall\\u0007"'))
    exercise = load_exercise("doorway_lean")
    assert exercise.title == "Side [31m lean"
    assert exercise.why == "Lengthens the side of the trunk."
    assert exercise.start.cue == "Stand tall"


def test_unreadable_files_are_said(own):
    path = own("")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_exercise("doorway_lean")


def test_an_unknown_name_suggests_similar_ones():
    with pytest.raises(UnknownExercise, match="did you mean childs_pose"):
        load_exercise("child_pose")
    with pytest.raises(UnknownExercise, match="did you mean bent_knees"):
        load_exercise("thoracic_stretch/bent_knee")
    with pytest.raises(UnknownExercise, match="did you mean upper_back"):
        load_routine("uper_back")
    with pytest.raises(UnknownExercise, match="posturecam stretch list"):
        load_exercise("zzz")
    assert UnknownExercise.exit_code == 2


def test_the_users_own_replaces_the_packages(own):
    shipped = exercise_names()
    own(example().replace('id = "doorway_lean"', 'id = "cobra"'), "cobra")
    assert load_exercise("cobra").title == "Side lean"
    assert exercise_names() == shipped


def test_own_routines_are_found():
    routine_folder().mkdir(parents=True)
    (routine_folder() / "mine.toml").write_text(
        'title = "Mine"\nwhy = "Short."\nminutes = 1\nsteps = [{ exercise = "cobra", reps = 2 }]\n'
    )
    assert load_routine("mine").steps[0].reps == 2


STEP = (Step, {"exercise": "cobra"})
DESK = (DeskForm, {"part": "neck", "say": "Tilt your head.", "how": ["Tilt it."], "hold": 10, "reps": 2})
ROUTINE = (Routine, {"id": "mine", "title": "Mine", "why": "Short.", "minutes": 1, "steps": [{"exercise": "cobra"}]})


@pytest.mark.parametrize(
    ("of", "key", "allowed", "refused"),
    [
        (STEP, "hold", (0.5, 600), (0, 601)),
        (STEP, "reps", (1, 100), (0, 101)),
        (STEP, "rest", (0, 300), (-1, 301)),
        (DESK, "hold", (0.5, 60), (0, 61)),
        (DESK, "reps", (1, 20), (0, 21)),
        (DESK, "rest", (0, 30), (-1, 31)),
        (DESK, "how", (["Tilt it."],), ([],)),
        (ROUTINE, "minutes", (0.5,), (0, -1)),
        (ROUTINE, "steps", (), ([],)),
    ],
)
def test_a_dose_that_nobody_can_do_is_refused(of, key, allowed, refused):
    kind, given = of
    for value in allowed:
        kind.model_validate({**given, key: value})
    for value in refused:
        with pytest.raises(ValueError, match=key):
            kind.model_validate({**given, key: value})


def test_between_two_repetitions_at_the_desk_there_are_two_seconds_to_rest():
    kind, given = DESK
    assert kind.model_validate(given).rest == 2.0


def test_a_variant_that_names_nothing_is_refused(own):
    path = own(example() + '\n[variants.easy]\ntitle = "easy"\nabout = "x"\nhow = ["y"]\nwaive = ["nothing"]\n')
    with pytest.raises(SettingsError, match=r"variants\.easy names 'nothing'"):
        load_exercise("doorway_lean")
    assert path.exists()


# Safety.


def test_cautions_are_listed_once():
    both = [load_exercise("thoracic_stretch"), load_exercise("thoracic_stretch/bent_knees")]
    assert cautions(both) == list(both[0].cautions)
    assert any("osteoporosis" in text for text in who_should_skip(both))


@pytest.mark.parametrize(
    ("after", "frozen"),
    [
        ([0, 0], False),
        ([1, 2], False),
        ([1, 3], True),
        ([1, 3, 3], True),
        ([1, 3, 1], False),
        ([1, 3, 2], False),
        ([1, 3, 6, 3], True),
        ([], False),
    ],
)
def test_a_rise_of_two_freezes_and_calm_thaws(after, frozen):
    assert is_frozen([Answers(False, after=value) for value in after], StretchSettings()) is frozen


@pytest.mark.parametrize(
    "sessions", [((None, 1), (4, 4)), ((None, 5), (2, 4))], ids=["since the last one", "within one"]
)
def test_pain_that_rose_in_either_way_freezes(sessions):
    answered = [Answers(False, before=before, after=after) for before, after in sessions]
    assert is_frozen(answered, StretchSettings())


@pytest.mark.parametrize("troubled", [True, False])
def test_pain_after_a_first_session_freezes_only_who_had_trouble_before(troubled):
    assert is_frozen([Answers(troubled, after=3)], StretchSettings()) is troubled


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [(0, 1, None), (0, 2, MORE_PAIN), (3, 6, MORE_PAIN), (None, 3, STILL_PAIN), (None, 1, None)],
)
def test_nobody_who_did_not_say_how_strong_the_pain_was_is_told_that_it_is_more_now(before, after, told):
    assert answer_to(Answers(True, before, after), StretchSettings()) == told


def test_a_rise_within_a_session_freezes():
    rose = [Answers(False, before=2, after=4)]
    assert is_frozen(rose, StretchSettings())
    assert not is_frozen(rose, StretchSettings(pain_rise=3))
    assert not is_frozen([Answers(False, before=2, after=3)], StretchSettings())
    with pytest.raises(ValueError, match="from 0 to 10"):
        Answers(False, after=11)


# Targets and summaries.

DEPTH = Depth(measure="hip_angle", better="lower", levels=(70, 55, 40), step=5, cue="Sink a little")


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        (None, None),
        (PastDepth(60), 55),
        (PastDepth(60, week_ago=62), 57),
        (PastDepth(60, week_ago=70), 60),
        (PastDepth(60, week_ago=60), 55),
        (PastDepth(60, frozen=True), 60),
    ],
)
def test_the_target_is_a_step_beyond_the_best_and_at_most_a_step_a_week(past, expected):
    assert target(DEPTH, past) == expected


def test_levels_grade_strictly():
    assert [DEPTH.level(value) for value in (75, 70, 60, 55, 41, 40, 20)] == [0, 1, 1, 2, 2, 3, 3]
    with pytest.raises(ValueError, match="deeper"):
        Depth(measure="hip_angle", better="lower", levels=(40, 55), step=5, cue="Sink a little")


def result(**changes):
    return RepResult(**{"rep": 1, "side": None, "view": View.SIDE_LEFT, "t": 0.0, "seen": 15.0, "unseen": 0.0, "counted": True, "depth": 50.0, "level": 2, **changes})  # fmt: skip


def test_the_one_thing_to_fix_is_safety_first_then_the_most_frequent():
    exercise = load_exercise("thoracic_stretch")
    often = (
        result(faults=("knees_up",)),
        result(faults=("knees_up", "head_up")),
        result(faults=("head_up", "knees_up")),
    )
    assert SetSummary(exercise, often).to_fix == "Let your knees sink toward the floor – knees popping up"
    assert SetSummary(exercise, (*often, result(faults=("bouncing",)))).to_fix == "Stay still and breathe – bouncing"
    assert SetSummary(exercise, (result(),)).to_fix is None


@pytest.mark.parametrize(
    ("lacking", "wanted"),
    [
        ({"counted": False, "lacking": Lacking.RELEASE_UNSEEN}, "Come out of the pose in view of the camera, so that it counts"),
        ({"counted": False, "lacking": Lacking.LEFT_EARLY}, "Stay in the pose until time is up"),
        ({"counted": False, "lacking": Lacking.ENDED_EARLY}, None),
        ({"counted": False, "lacking": Lacking.BY_TIME}, None),
        ({"pieces": 2}, "Hold the pose in one go"),
        ({"unseen": 3.0}, "Let the camera see you for the whole hold"),
    ],
)  # fmt: skip
def test_what_kept_a_repetition_from_counting_cleanly_is_told_as_what_to_do(lacking, wanted):
    assert SetSummary(load_exercise("thoracic_stretch"), (result(), result(**lacking))).to_fix == wanted


def test_the_seconds_of_an_explanation_are_those_that_are_counted():
    words = {"two": 2, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20}
    for name in exercise_names():
        exercise = load_exercise(name)
        told = [word for step in exercise.how for word in re.findall(r"([a-z]+) seconds", step)]
        assert {words[word] for word in told} <= {exercise.dose.hold}, name


def test_what_to_fix_is_said_in_the_users_language_throughout():
    often = SetSummary(load_exercise("thoracic_stretch"), (result(faults=("knees_up",)),))
    other = SetSummary(load_exercise("cobra"), (result(),))
    choose_language("de")
    told = tr(SessionSummary((often, other)).to_fix)
    assert told == "Brustwirbeldehnung: " + " – ".join(
        map(tr, ("Let your knees sink toward the floor", "knees popping up"))
    )


def test_counted_and_clean_are_different_things():
    exercise = load_exercise("thoracic_stretch")
    done = SetSummary(
        exercise,
        (
            result(),
            result(unseen=3.0),
            result(faults=("head_up",)),
            result(pieces=2),
            result(counted=False, lacking=Lacking.LEFT_EARLY),
        ),
    )
    assert (done.counted, done.clean) == (4, 1)
    assert (done.seen, done.unseen) == (75.0, 3.0)
    assert done.best == 50.0


def test_a_routine_that_names_no_exercise_is_said_with_its_file():
    routine_folder().mkdir(parents=True)
    (routine_folder() / "mine.toml").write_text(
        'id = "mine"\ntitle = "Mine"\nwhy = "A test."\nminutes = 1\nsteps = [{ exercise = "nosuch" }]\n'
    )
    with pytest.raises(SettingsError, match=r"mine\.toml: steps: .*nosuch"):
        load_routine("mine")


def test_of_two_hundred_own_exercises_and_a_routine_that_is_broken_the_others_can_be_used(own_home):
    packed = (ROOT / "posturecam" / "coach" / "exercises" / "chin_tuck.toml").read_text(encoding="utf-8")
    (own_home / "exercises").mkdir(parents=True)
    (own_home / "routines").mkdir()
    for number in range(200):
        text = packed.replace('id = "chin_tuck"', f'id = "mine_{number}"', 1) if number != 7 else "[[[["
        (own_home / "exercises" / f"mine_{number}.toml").write_text(text, encoding="utf-8")
    (own_home / "routines" / "mine.toml").write_bytes(b"\xff\xfe not text")
    found = load_library()
    assert sum(one.id.startswith("mine_") for one in found.exercises) == 199
    assert len(found.routines) == 5
    assert sorted(Path(problem.split(".toml")[0]).name for problem in found.problems) == ["mine", "mine_7"]


def test_a_name_finds_an_exercise_its_variant_or_a_routine_without_reading_what_is_in_it(own_home):
    assert find("thoracic_stretch/bent_knees").key == "thoracic_stretch/bent_knees"
    assert find("full").id == "full"
    assert find("desk_break").is_break
    with pytest.raises(UnknownExercise, match="There is no exercise or routine 'desk_brake'; did you mean desk_break"):
        find("desk_brake")
    (own_home / "routines").mkdir(parents=True)
    mine = 'title = "Mine"\nwhy = "x"\nminutes = 1\n[[steps]]\nexercise = "nothing"\n'
    (own_home / "routines" / "mine.toml").write_text(mine)
    with pytest.raises(SettingsError, match="There is no exercise 'nothing'"):
        find("mine")
