"""The terminal's views."""

import io
import math
import re
from dataclasses import replace
from datetime import datetime

import pytest
from baselines import baseline_of
from faces import face_points
from figures import from_side, person
from rich.cells import cell_len
from rich.console import Console
from scripts import AWAY, BENT, DARK, reading

from posturecam.alerts.policy import Outlook, PolicyState, outlook
from posturecam.config.settings import FrontSettings, Settings
from posturecam.i18n.translate import choose_language, tr
from posturecam.posture.assess import assess
from posturecam.posture.front.thresholds import thresholds
from posturecam.posture.loop import Tick
from posturecam.posture.measures import Measure, Name, measure
from posturecam.posture.monitor import (
    BaselineOutdated,
    CameBack,
    Grade,
    LeftDesk,
    MonitorState,
    Phase,
    SlouchSustained,
    step,
)
from posturecam.posture.reading import no_picture
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.view import View
from posturecam.session.protocol.messages import Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.terminal.watching import (
    LOOKS,
    JsonView,
    LiveView,
    band_text,
    describe,
    deviation_bar,
    duration,
    file_time,
    panel,
    reading_text,
    screen,
    value_text,
)
from posturecam.vision.face.finder import head_pose
from posturecam.vision.frame import Frame, SourceInfo

SETTINGS = Settings()
INFO = SourceInfo("Desk camera", "usb-1", live=True)


def tick(one, t=100.0):
    state, events = MonitorState(), ()
    for moment in range(9):
        state, events = step(
            state,
            replace(one, t=t - 4 + moment / 2),
            SETTINGS.monitor,
        )
    return Tick(Frame(t), None, one, state, events)


def shown(renderable, width=100):
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(renderable)
    return console.export_text()


@pytest.fixture
def front():
    return {View.FRONT: baseline_of(person(neck=10), View.FRONT)}


def judged(pose, view, baselines):
    return assess(pose, view, baselines.get(view), SETTINGS)


def test_an_upright_person_is_shown_with_measures_and_bands(front):
    text = shown(panel(tick(judged(person(neck=10), View.FRONT, front)), INFO, front, SETTINGS, []))
    assert "● UPRIGHT" in text
    assert "Desk camera · from the front" in text
    assert "ears above shoulders" in text
    assert "below 0." in text
    assert "0.0 × threshold" in text


def test_in_a_low_terminal_what_was_told_last_is_shown_instead_of_measures(front):
    told = ["12:00:00  slouching (mild) for 2 min 00 s", "Time to stretch: press s to start here"]
    upright = tick(judged(person(neck=10), View.FRONT, front))

    def lines(height, notes):
        console = Console(width=60, height=height, file=io.StringIO())
        with console.capture() as capture:
            console.print(panel(upright, INFO, front, SETTINGS, notes))
        return capture.get().split("\n")[:height]

    assert any("press s" in line for line in lines(30, told))
    assert any("ears above shoulders" in line for line in lines(30, told))
    for height in (10, 14):
        assert any("press s" in line for line in lines(height, told))
        assert any("UPRIGHT" in line for line in lines(height, told))
    assert any("ears above shoulders" in line for line in lines(10, []))


def test_a_long_name_ends_in_an_ellipsis_and_leaves_the_frame_whole(front):
    long = SourceInfo("Logitech HD Pro Webcam C920 at the window", "usb-1", live=True)
    upright = tick(judged(person(neck=10), View.FRONT, front))
    first = shown(panel(upright, long, front, SETTINGS, []), 40).splitlines()[0]
    assert first.endswith("…─╮")
    assert cell_len(first) == 40


@pytest.mark.parametrize(
    ("policy", "held", "words"),
    [
        (PolicyState(), None, "reminder in 56 s unless you sit up"),
        (PolicyState(alerted_at=50.0), None, "reminder in 9 min 10 s unless you sit up"),
        (PolicyState(), "you turned reminders off (--no-alerts)", "silent: you turned reminders off (--no-alerts)"),
    ],
)
def test_a_drifting_person_is_promised_no_alert_that_will_not_come(front, policy, held, words):
    drifting = tick(judged(person(neck=40, trunk=10), View.FRONT, front))
    then = outlook(policy, drifting.state, 100.0, datetime(2025, 3, 3, 12), SETTINGS, held=held)
    text = shown(panel(drifting, INFO, front, SETTINGS, [], then))
    assert "◐ DRIFTING" in text
    assert words in text
    assert "an alert in" in words or "an alert in" not in text


def test_a_zero_has_no_minus():
    assert value_text(Measure(Name.HEAD_ROLL, -0.3)) == "0°"
    assert value_text(Measure(Name.SLUMP_INDEX, -0.001)) == "0.00"


def test_a_cameras_name_is_shown_as_it_is(front):
    info = SourceInfo("Cam [front] [/cam]", "usb-1", live=True)
    assert "Cam [front] [/cam]" in shown(panel(tick(reading(100.0, AWAY)), info, front, SETTINGS, []))


def test_a_slouch_is_described_by_how_long_it_lasted():
    assert describe(SlouchSustained(60, 30, Grade.SEVERE, 30, None, None, True)) == "slouching (severe) for 30 s"


def test_who_left_and_who_came_back_is_told():
    assert describe(LeftDesk(60.0)) == "nobody there"
    assert describe(CameBack(60.0)) == "somebody is back"


def test_a_baseline_that_no_longer_fits_is_reported_with_what_helps():
    said = describe(BaselineOutdated(60.0, Reason(Why.CAMERA_MOVED, "shoulders"), View.FRONT))
    assert re.fullmatch(r"the baseline no longer fits: .*the chair was moved.*; run: posturecam calibrate", said)


def test_json_on_the_screen_is_pure_ascii(capsys):
    JsonView().show(tick(replace(reading(100.0, BENT), deviation=no_picture(1, "日本").deviation)), Outlook())
    assert capsys.readouterr().out.isascii()


def test_a_picture_by_itself_is_told_in_a_line():
    upright = assess(from_side(), View.SIDE_LEFT, None, Settings())
    bent = assess(from_side(neck=45.0), View.SIDE_LEFT, None, Settings())
    told = reading_text(upright, Settings())
    assert told.startswith("upright, seen from your left side; neck inclination ")
    assert len(told.partition(";")[2].split(", ")) == 3, "the first figures, and not all"
    assert re.match(r"slouching \((mild|moderate|severe)\), .*neck inclination 41° ±", reading_text(bent, Settings()))
    assert reading_text(no_picture(0.0, "a.jpg is empty"), Settings()) == "unknown, because a.jpg is empty"


def test_the_side_view_shows_degrees_with_their_uncertainty():
    text = shown(panel(tick(judged(from_side(neck=14.5), View.SIDE_RIGHT, {})), INFO, {}, SETTINGS, []))
    assert "neck inclination" in text
    assert "10° ±6°" in text
    assert "from 25°" in text


@pytest.mark.parametrize(("what", "words"), [(BENT, "because bent"), (DARK, "black"), (AWAY, "I see nobody")])
def test_the_reason_for_unknown_is_shown(what, words):
    one = reading(100.0, what)
    if what == BENT:
        one = replace(one, measures=measure(person(), View.FRONT, SETTINGS))
    assert words in shown(panel(tick(one), INFO, {}, SETTINGS, []))


def test_unknown_is_never_shown_as_a_number(front):
    text = shown(panel(tick(judged(person(head_yaw=60), View.FRONT, front)), INFO, front, SETTINGS, []))
    assert "unknown" in text
    assert "nan" not in text


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_any_width_is_served_and_nothing_is_cut_off(front, width, language):
    choose_language(language)
    text = shown(panel(tick(judged(person(), View.FRONT, front)), INFO, front, SETTINGS, ["a note " * 20]), width)
    lines = text.splitlines()
    assert max(map(cell_len, lines)) <= width
    assert "…" not in "".join(lines[1:]), "only the camera's name may be cut off"
    assert sum(bool(re.search("[█░]", line)) for line in lines) == 1
    note = tr("Ctrl-C ends · no picture is kept, nothing leaves this computer")
    assert note.replace(" ", "") in re.sub(r"[\s│]", "", text)


def test_every_phase_has_a_shape_of_its_own():
    assert len({shape for shape, _ in LOOKS.values()}) == len(Phase)


@pytest.mark.parametrize("value", [None, -5.0, 0.0, 0.99, 1.0, 2.0, 50.0])
def test_the_bar_takes_any_deviation(value):
    text = deviation_bar(value, SETTINGS, 40).plain
    assert text.count("┃") == 1
    assert ("unknown" in text) == (value is None)


def test_the_bar_is_filled_up_to_the_mark_at_the_threshold_and_whole_at_a_severe_slouch():
    severe = SETTINGS.monitor.severe
    filled = [deviation_bar(value, SETTINGS, 40).plain.count("█") for value in (None, -1.0, 0.0, 1.0, severe, 50.0)]
    assert filled == [0, 0, 0, round(40 / severe), 40, 40]
    at_the_threshold, _, beyond = deviation_bar(1.0, SETTINGS, 40).plain.partition("┃")
    assert set(at_the_threshold.strip()) == {"█"}
    assert "█" not in beyond


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min 00 s"), (200, "3 min 20 s"), (1500, "25 min"), (3900, "1 h 05 min")],
)
def test_durations_read_as_people_say_them(seconds, text):
    assert duration(seconds) == text


def test_file_times_read_as_players_show_them():
    assert file_time(303.4) == "05:03"
    assert file_time(3803) == "1:03:23"


def test_bands_follow_the_baseline(front):
    side = baseline_of(from_side(neck=14, trunk=2), View.SIDE_RIGHT)
    assert band_text(Name.NECK_INCLINATION, side, SETTINGS) == "from 24°"
    assert band_text(Name.NECK_INCLINATION, None, SETTINGS) == "from 25°"
    assert band_text(Name.HEAD_YAW, None, SETTINGS) == ""
    assert band_text(Name.HEAD_ROLL, front[View.FRONT], SETTINGS) == f"{SETTINGS.front.lateral:.0f}° to either side"


def test_bands_of_the_face_are_in_centimeters_and_that_of_the_neck_needs_no_baseline():
    limits, known = thresholds(SETTINGS), baseline_of(in_front_of_a_camera(), View.FRONT)
    own, away = known.values[Name.NECK_HEIGHT], known.values[Name.HEAD_DISTANCE]
    assert band_text(Name.NECK_HEIGHT, None, SETTINGS) == f"below {limits.absolute:.0f} cm"
    assert band_text(Name.NECK_HEIGHT, known, SETTINGS) == f"below {own - limits.sinking:.0f} cm"
    assert band_text(Name.HEAD_DISTANCE, known, SETTINGS) == f"below {away / math.exp(limits.near):.0f} cm"


def test_each_unit_has_its_own_uncertainty():
    assert value_text(Measure(Name.NECK_HEIGHT, 20.4, uncertainty=1.25)) == "20 cm ±1.2"
    assert value_text(Measure(Name.HEAD_ROLL, 20.4, uncertainty=1.5)) == "20° ±2°"
    assert value_text(Measure(Name.SLUMP_INDEX, 0.5, uncertainty=0.1)) == "0.50"


def test_what_happened_and_what_was_noted_is_shown_live_with_its_time(front):
    console = Console(width=100, height=60, file=io.StringIO(), force_terminal=True)
    view = LiveView(replace(INFO, live=False), front, SETTINGS, console)
    slouched = replace(
        tick(judged(person(neck=10), View.FRONT, front)),
        events=(SlouchSustained(100.0, 70.0, Grade.MILD, 30, None, None, True),),
    )
    with view:
        view.note("Time to stretch")
        view.show(slouched, Outlook())
    text = console.file.getvalue()
    assert "00:00  slouching (mild) for 30 s" in text
    assert "Time to stretch" in text
    assert all(heading in text for heading in ("measure", "now", "upright", "slouching"))


def test_what_cannot_be_judged_at_the_moment_says_why_beside_the_phase(front):
    bent = tick(replace(reading(100.0, BENT), measures=measure(person(), View.FRONT, SETTINGS)))
    still_upright = replace(bent, state=replace(bent.state, phase=Phase.UPRIGHT))
    text = shown(panel(still_upright, INFO, front, SETTINGS, []))
    assert "● UPRIGHT" in text
    assert "unknown at the moment, because bent" in text


def test_why_nothing_is_watched_is_printed_once_beside_json_until_something_is(capsys, front):
    view, paused = JsonView(), Snapshot(datetime(2025, 3, 3, 12).astimezone(), Mode.PAUSED)
    view.rest(paused)
    view.rest(paused)
    view.show(tick(judged(person(neck=10), View.FRONT, front)), Outlook())
    view.rest(paused)
    captured = capsys.readouterr()
    assert captured.err == "Paused\nPaused\n"
    assert captured.out.count("\n") == 1


def test_a_pipe_gets_a_line_for_each_change_or_for_what_happened_instead_of_it(capsys, front):
    view = screen(SourceInfo("clip.mp4", "clip.mp4", live=False), {}, SETTINGS, as_json=False)
    upright = replace(tick(judged(person(neck=10), View.FRONT, front)), events=())
    dark = replace(tick(reading(3600.0, DARK), 3600.0), events=())
    back = replace(upright, events=(LeftDesk(60.0), CameBack(60.0)))
    broken = Snapshot(
        datetime(2025, 3, 3, 12).astimezone(), Mode.CAMERA_LOST, "the model is damaged", camera_works=True
    )
    with view:
        for one in (upright, upright, dark, back):
            view.show(one, Outlook())
        view.rest(broken)
        view.rest(broken)
        view.show(upright, Outlook())
    assert capsys.readouterr().out.splitlines() == [
        "00:00  upright",
        "1:00:00  unknown, because the camera's picture is black",
        "00:00  nobody there",
        "00:00  somebody is back",
        "00:00  Not watching: the model is damaged",
        "00:00  upright",
    ]


def test_the_live_view_follows_settings_and_an_upright_posture_from_outside(front):
    console = Console(width=100, height=60, file=io.StringIO(), force_terminal=True)
    view = LiveView(INFO, {}, SETTINGS, console)

    def shown_now():
        console.file.seek(console.file.truncate(0))
        view.show(tick(judged(person(neck=10), View.FRONT, front)), Outlook())
        return console.file.getvalue()

    assert "31° to either side" not in shown_now()
    with view:
        view.follow(Settings(front=FrontSettings(lateral=31.0)), front[View.FRONT])
        assert "31° to either side" in shown_now()


def test_a_pipe_gets_plain_lines_and_a_terminal_the_live_view(capsys, monkeypatch):
    assert type(screen(INFO, {}, SETTINGS, as_json=False)).__name__ == "PlainView"
    assert type(screen(INFO, {}, SETTINGS, as_json=True)).__name__ == "JsonView"
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert isinstance(screen(INFO, {}, SETTINGS, as_json=False), LiveView)


def test_in_a_picture_of_another_shape_no_distance_is_called_too_near():
    pose = in_front_of_a_camera()
    upright = {View.FRONT: baseline_of(pose, View.FRONT)}
    turned = replace(pose, width=pose.height, height=pose.width)
    same, other = (
        row_of(shown(panel(replace(tick(judged(one, View.FRONT, upright)), pose=one), INFO, upright, SETTINGS, [])))
        for one in (pose, turned)
    )
    assert "below" in same
    assert "below" not in other


def in_front_of_a_camera():
    pose = person(neck=10)
    points = face_points(z=55.0, size=(pose.width, pose.height)) + (pose.points[0] - (pose.width / 2, pose.height / 2))
    return replace(pose, head=head_pose(points, (pose.width, pose.height), 65.0))


def row_of(text):
    return next(line for line in text.splitlines() if "distance from the screen" in line)
