"""The desks at which the user calibrated: their names, and which of their baselines is used."""

from dataclasses import replace
from itertools import permutations

from moments import BASELINE

from posturecam.history.baselines import LONGEST_NAME, Baselines, name_place, place_names


def test_a_name_is_kept_without_spaces_around_it_and_cut_to_what_a_window_shows():
    assert name_place("screens", f"  At   home {'x' * 100}") == f"At home {'x' * 100}"[:LONGEST_NAME]
    assert place_names() == {"screens": f"At home {'x' * 100}"[:LONGEST_NAME]}


def test_without_a_name_a_desk_is_forgotten_and_the_others_are_not():
    for key, name in (("screens", "Office"), ("other screens", "At home"), ("screens", " ")):
        name_place(key, name)
    assert place_names() == {"other screens": "At home"}


def test_a_baseline_of_this_desk_goes_before_one_of_no_desk_and_that_before_one_of_another():
    here, nowhere, elsewhere = (replace(BASELINE, camera="cam", place=place) for place in ("here", "", "elsewhere"))
    for kept in permutations((here, nowhere, elsewhere)):
        assert Baselines(kept).of("cam", place="here") == {BASELINE.view: here}
    for kept in permutations((nowhere, elsewhere)):
        assert Baselines(kept).of("cam", place="here") == {BASELINE.view: nowhere}
        assert Baselines(kept).of("cam") == {BASELINE.view: kept[-1]}, "at no known desk, the newest counts"


def test_the_first_key_of_a_camera_that_has_a_baseline_counts():
    precise, vague = replace(BASELINE, camera="by path"), replace(BASELINE, camera="by name")
    for kept in permutations((precise, vague)):
        assert Baselines(kept).of("by path", "by name") == {BASELINE.view: precise}
    assert Baselines((vague,)).of("by path", "by name") == {BASELINE.view: vague}
