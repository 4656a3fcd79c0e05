"""What the command line must print."""

import re


def assert_one_line(text, *parts):
    assert text.startswith("posturecam: ")
    assert text.count("\n") == 1
    assert "Traceback" not in text
    for part in parts:
        assert part in text


def assert_shows_the_demo(out):
    """The output of `posturecam demo`: it calibrated, alerted to the slouch once, and ignored the glance at the phone."""
    assert "Learned how you sit upright, seen from the front" in out
    assert re.search(r"0[56]:\d\d  slouching \((moderate|severe)\)", out)
    assert "slouch over" in out
    assert out.count("Time to change position?") == 1
    assert out.index(" for 1 min") < out.index("Time to change position?")
    assert not re.search(r"0[0-3]:\d\d  slouching", out)
