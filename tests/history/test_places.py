"""The names of the desks at which the user calibrated."""

from posturecam.history.baselines import LONGEST_NAME, name_place, place_names


def test_a_name_is_kept_without_spaces_around_it_and_cut_to_what_a_window_shows():
    assert name_place("screens", f"  At   home {'x' * 100}") == f"At home {'x' * 100}"[:LONGEST_NAME]
    assert place_names() == {"screens": f"At home {'x' * 100}"[:LONGEST_NAME]}


def test_without_a_name_a_desk_is_forgotten_and_the_others_are_not():
    for key, name in (("screens", "Office"), ("other screens", "At home"), ("screens", " ")):
        name_place(key, name)
    assert place_names() == {"other screens": "At home"}
