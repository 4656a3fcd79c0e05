"""The live view in the terminal is in the user's language."""

import io
import re

import pytest
from moments import BASELINE, tick
from rich.console import Console

from posturecam.alerts.policy import Outlook
from posturecam.config.settings import Settings
from posturecam.i18n.translate import choose_language
from posturecam.posture.monitor import Phase
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.terminal.watching import duration, panel
from posturecam.vision.frame import SourceInfo
from posturecam.vision.sources.stills import StillsSource

CAMERA = SourceInfo("Cam", "cam", live=True)


def shown(tick, outlook, info=CAMERA):
    out = io.StringIO()
    Console(file=out, width=120).print(panel(tick, info, {View.SIDE_RIGHT: BASELINE}, Settings(), [], outlook))
    return out.getvalue()


def test_the_live_view_is_german_where_the_user_is():
    choose_language("de")
    said = shown(tick(Phase.SLOUCHING, 118), Outlook(silent="in a meeting"))
    assert "KRUMM" in said
    assert "still: in einer Besprechung" in said
    assert re.search(r"\d,\d × Schwelle", said)
    assert not re.search(r"\b(measure|upright|slouching|neck|unknown|below|picture)\b", said)


def test_why_it_is_unknown_is_explained_in_german():
    choose_language("de")
    said = shown(tick(Phase.UNKNOWN, reason=Reason(Why.HEAD_TURNED, angle=31.6)), Outlook())
    assert "denn: dein Kopf ist um etwa 32° gedreht" in said


def test_several_pictures_as_a_source_have_a_german_name_where_the_user_is_german(tmp_path):
    choose_language("de")
    info = StillsSource([tmp_path / "a.png", tmp_path / "b.png"]).info
    assert f"2 Bilder in {tmp_path.name}" in shown(tick(Phase.UPRIGHT), Outlook(), info)


@pytest.mark.parametrize(
    ("seconds", "said"), [(5, "5 秒"), (200, "3 分 20 秒"), (720, "12 分钟"), (3900, "1 小时 05 分")]
)
def test_durations_are_chinese_where_the_user_is(seconds, said):
    choose_language("zh")
    assert duration(seconds) == said
