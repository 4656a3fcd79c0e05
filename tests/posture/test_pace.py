"""How often a camera is checked."""

import pytest

from posturecam.config.settings import PaceSettings
from posturecam.posture.monitor import MonitorState, Phase
from posturecam.posture.pace import pace

SETTINGS = PaceSettings(steady=2.0, alert=0.25, give_up=30.0)


@pytest.mark.parametrize("phase", [Phase.UPRIGHT, Phase.SLOUCHING, Phase.AWAY])
def test_checks_are_rare_while_nothing_changes(phase):
    assert pace(MonitorState(phase=phase), SETTINGS) == 2.0


@pytest.mark.parametrize("phase", [Phase.DRIFTING, Phase.RECOVERING])
def test_checks_are_frequent_while_a_slouch_begins_or_ends(phase):
    assert pace(MonitorState(phase=phase), SETTINGS) == 0.25


@pytest.mark.parametrize(("unknown_for", "seconds"), [(0.0, 0.25), (29.9, 0.25), (30.0, 2.0), (600.0, 2.0)])
def test_unknown_posture_is_checked_often_until_it_is_given_up(unknown_for, seconds):
    assert pace(MonitorState(phase=Phase.UNKNOWN, unknown_for=unknown_for), SETTINGS) == seconds
