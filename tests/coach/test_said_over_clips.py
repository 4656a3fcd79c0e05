"""Every word the coach says for the sample videos and in breaks at the desk, as written down in tests/data/cues; on recorded landmarks."""

import pytest

from posturecam.coach.library import load_exercise
from tools.cues import BREAKS, CLIPS, said, said_in_break, written, written_of_break


@pytest.mark.parametrize("clip", CLIPS)
def test_every_word_over_a_clip_is_the_one_that_was_read(clip):
    """After a change, run `python -m tools.cues write` and read the diff."""
    assert said(clip).splitlines() == written(clip).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("clip", ["childs_pose", "childs_pose_far", "thoracic_stretch_far", "neck_side_bend"])
def test_nothing_is_corrected_where_it_is_done_well(clip):
    """In what was written down, which is what is said."""
    corrections = {fault.cue for fault in load_exercise(CLIPS[clip]).faults}
    assert not [line for line in written(clip).read_text(encoding="utf-8").splitlines() if line[18:] in corrections]


@pytest.mark.parametrize(("language", "minutes"), BREAKS)
def test_every_word_in_a_break_is_the_one_that_was_read(language, minutes):
    assert said_in_break(language, minutes) == written_of_break(language, minutes).read_text(encoding="utf-8")
