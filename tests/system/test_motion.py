"""Whether the user has asked the system for less motion."""

import sys

import pytest

from posturecam.system import wants_less_motion
from posturecam.system.linux.motion import animations_are_off
from posturecam.system.macos import reduces_motion
from posturecam.system.reader import Unreadable

GNOME = {"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}
KDE = {"XDG_CURRENT_DESKTOP": "KDE", "KDE_SESSION_VERSION": "5"}


def saying(text):
    asked = []

    def run(command):
        asked.append(command)
        return text

    run.asked = asked
    return run


@pytest.mark.parametrize(("said", "off"), [("false\n", True), ("true\n", False)])
def test_gnome_and_its_relatives_keep_it_in_their_settings(said, off):
    run = saying(said)
    assert animations_are_off(run, GNOME) is off
    assert animations_are_off(run, {"XDG_CURRENT_DESKTOP": "X-Cinnamon"}) is off
    assert [one[2] for one in run.asked] == ["org.gnome.desktop.interface", "org.cinnamon.desktop.interface"]


@pytest.mark.parametrize(("said", "off"), [("0\n", True), ("1\n", False), ("0.5\n", False)])
def test_kde_keeps_it_as_a_factor(said, off):
    run = saying(said)
    assert animations_are_off(run, KDE) is off
    assert run.asked[0][0] == "kreadconfig5"


@pytest.mark.parametrize(("said", "desktop"), [("maybe", GNOME), ("", KDE), ("false", {})])
def test_what_is_not_reported_is_unreadable(said, desktop):
    with pytest.raises(Unreadable):
        animations_are_off(saying(said), desktop)


def test_a_mac_tells_it_by_its_tool():
    assert reduces_motion(saying("1\n"))
    assert not reduces_motion(saying("0\n"))


def test_what_cannot_be_read_counts_as_no_preference_and_raises_nothing():
    for platform in {"linux", "darwin", "win32", "plan9"} - {sys.platform}:
        assert wants_less_motion.__wrapped__(platform) is False
