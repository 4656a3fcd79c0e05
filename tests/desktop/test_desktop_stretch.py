"""The page "Stretch": choosing, the questions, the session's screen, and the summary."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest
from fakes.frames import FramesInMemory
from fakes.session import FakeClient
from misfits import misfits
from painted import colors, painted_words
from places import ROOT
from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QAccessible, QImage, QKeyEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QRadioButton, QWidget
from stretch_figures import CASES, FACING, FOLD, LONG_SIT, frames, posture, run

from posturecam import system
from posturecam.coach.judging.by_time import lasting
from posturecam.coach.judging.state import CoachPhase
from posturecam.coach.library import exercise_names, load_exercise, load_library, routine_names
from posturecam.coach.loop import coach, summarize
from posturecam.coach.presentation.coach_view import ShowState, show
from posturecam.coach.presentation.controls import Controls
from posturecam.coach.safety import BEFORE, LEAVE_OUT, Answers
from posturecam.coach.session_summary import DepthKey, PastDepth, SessionSummary
from posturecam.config.settings import DesktopSettings, Settings, StretchSettings
from posturecam.desktop.pages.stretch.page import StretchPage
from posturecam.desktop.pages.stretch.pose_widget import draw_pose
from posturecam.desktop.pages.stretch.stage import StageWidget
from posturecam.desktop.pages.stretch.summary import charted
from posturecam.desktop.pages.stretch.words import alone, personal_words, strict_words
from posturecam.desktop.pages.unfinished import StretchStep, Unfinished
from posturecam.desktop.shell.control import Control
from posturecam.desktop.shell.main_window import MainWindow, Page
from posturecam.desktop.widgets import theme
from posturecam.desktop.widgets.parts import WrappingCheckBox, button
from posturecam.desktop.widgets.qt_canvas import fitted, write
from posturecam.i18n.translate import choose_language, tr
from posturecam.posture.view import View
from posturecam.session.protocol.messages import Coaching, Complaint, ModeChanged, Snapshot, StretchEnded
from posturecam.session.protocol.mode import Mode

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEAD_UP = posture(FOLD, neck=FOLD["trunk"] + 5)
PRIVATE = Settings(desktop=DesktopSettings(picture=False))


@pytest.fixture(scope="module")
def session():
    """A repetition done well, then one with the head up."""
    parts = [(2.0, LONG_SIT), (2.5, FOLD), (17.0, FOLD), (2.5, LONG_SIT), (9.0, LONG_SIT)]
    parts += [(2.5, FOLD), (3.0, FOLD), (1.0, HEAD_UP), (5.0, HEAD_UP), (2.5, LONG_SIT)]
    ticks, state, told = run("thoracic_stretch", *parts, rate=5.0), ShowState(), []
    for tick in ticks:
        state, shown = show(state, tick)
        told.append(Coaching("Thoracic stretch", tick, shown))
    return told, summarize(ticks)


@pytest.fixture
def holding(session):
    """In the middle of a hold."""
    return [one for one in session[0] if one.shown.phase is CoachPhase.HOLDING][40]


@pytest.fixture
def client():
    return FakeClient()


@pytest.fixture
def done():
    return []


@pytest.fixture
def page(qtbot, client, done):
    made = StretchPage(client, lambda: done.append(True))
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.activateWindow()
    return made


def press(page, words):
    """Press the visible button with this label."""
    found = [one for one in buttons(page) if words in one.text()]
    assert found, f"no button says {words!r}: {[one.text() for one in buttons(page)]}"
    found[0].click()


def buttons(page):
    QApplication.processEvents()  # newly laid-out widgets become visible only now
    return [one for one in page.findChildren(QAbstractButton) if one.isVisible()]


def words_of(page):
    QApplication.processEvents()
    return "\n".join(one.text() for one in page.currentWidget().findChildren(QLabel) if not one.isHidden())


def choose(page, name):
    found = None
    while found is None:  # on a busy computer the cards come a few at a time
        found = next((one for one in page.choose.cards if one.choice.id == name), None)
        QApplication.processEvents()
    found.click()


def begun(page, name="thoracic_stretch"):
    """A session that was requested."""
    choose(page, name)
    press(page, "Begin")
    press(page, "No, begin")


def moment(coaching, mode=Mode.STRETCHING):
    return Snapshot(NOW, mode, coaching=coaching)


def ended(session, number=7):
    return StretchEnded(NOW, "Thoracic stretch", session[1], number)


def test_a_complaint_over_the_picture_goes_by_itself(page, holding, qtbot, monkeypatch):
    monkeypatch.setattr("posturecam.desktop.pages.stretch.stage.NOTE_MILLISECONDS", 1)
    begun(page)
    page.take(moment(holding))
    before = page.session.stage.grab().toImage()
    page.happened(Complaint(NOW, "There is no sound."))
    qtbot.waitUntil(lambda: page.session.stage.grab().toImage() == before, timeout=5000)


def test_where_the_camera_is_lost_one_can_try_again_or_choose_another(qtbot, client):
    chosen = []
    page = StretchPage(client, lambda: None, choose_camera=lambda: chosen.append(True))
    qtbot.addWidget(page)
    page.show()
    begun(page)
    page.happened(ModeChanged(NOW, Mode.STARTING, Mode.CAMERA_LOST, "the camera was unplugged"))
    press(page, "Choose camera")
    assert chosen == [True]
    press(page, "Try again")
    assert page.currentWidget() is page.questions


def test_a_double_click_does_not_answer_the_question_that_nobody_has_read_yet(page, client):
    choose(page, "thoracic_stretch")
    begin = next(one for one in buttons(page) if one.text() == "Begin")
    place = begin.mapTo(page.window(), begin.rect().center())
    QTest.mouseDClick(page.window().windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert page.currentWidget() is page.questions
    press(page, "No, begin")
    assert page.is_running


def test_enter_held_down_does_not_answer_it_either(page, client):
    choose(page, "thoracic_stretch")
    QApplication.processEvents()
    for repeated in (False, True, True):
        QApplication.sendEvent(page.focusWidget(), enter(repeated))
        QApplication.processEvents()
    assert page.currentWidget() is page.questions
    QApplication.sendEvent(page.focusWidget(), enter(repeated=False))
    assert page.is_running


def enter(repeated):
    none = Qt.KeyboardModifier.NoModifier
    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, none, "\r", repeated)


def test_a_double_click_pauses_once(page, client, holding, qtbot):
    begun(page)
    page.take(moment(holding))
    pause = next(one for one in buttons(page) if one.text().startswith("Pause"))
    place = pause.mapTo(page.window(), pause.rect().center())
    QTest.mouseDClick(page.window().windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert client.controls.take() == ["toggle"]


# Choosing.


def test_every_routine_and_exercise_has_a_card(page):
    assert {one.choice.id for one in page.choose.cards} == set(routine_names()) | set(exercise_names())


def test_at_the_desk_shows_nothing_that_is_done_on_the_floor(page):
    press(page.choose, "At the desk")
    positions = {exercise.position for one in page.choose.cards for exercise in one.choice.exercises}
    assert positions == {"chair", "standing"}
    press(page.choose, "On the floor")
    assert "childs_pose" in {one.choice.id for one in page.choose.cards}
    assert "desk_break" not in {one.choice.id for one in page.choose.cards}


def test_a_damaged_exercise_of_the_user_is_said_and_hides_no_other(qtbot, client, own_home):
    (own_home / "exercises").mkdir(parents=True)
    (own_home / "exercises" / "mine.toml").write_text("title = ")
    second = StretchPage(client, lambda: None)
    qtbot.addWidget(second)
    second.show()
    assert "mine.toml is not TOML" in words_of(second)
    assert len(second.choose.cards) == len(exercise_names()) - 1 + len(routine_names())


def test_the_details_tell_what_the_camera_cannot_judge_and_who_should_leave_it_out(page):
    choose(page, "thoracic_stretch")
    exercise = load_exercise("thoracic_stretch")
    told = words_of(page)
    assert all(step in told for step in (*exercise.how, *exercise.cautions, *exercise.skip_if))
    assert exercise.trust.cannot in told
    assert exercise.placement.text in told
    assert "Not medical advice" in told


def test_that_the_camera_judges_nothing_is_said_once(page):
    """ "Timed only; the camera judges nothing. Nothing: it is only timed." """
    choose(page, "eye_rest")
    assert "the camera judges nothing" in words_of(page)
    assert load_exercise("eye_rest").trust.judges not in words_of(page)


def test_in_chinese_no_space_follows_a_sentence_of_the_details(page):
    choose_language("zh")
    choose(page, "chin_tuck")
    assert "判断的不多。耳朵" in words_of(page)


def test_the_form_that_is_chosen_is_the_one_that_begins(page, client):
    choose(page, "thoracic_stretch")
    next(one for one in page.detail.findChildren(QRadioButton) if one.text() == "Knees bent").click()
    assert load_exercise("thoracic_stretch/bent_knees").how[0] in words_of(page)
    (chosen,) = [one for one in page.detail.findChildren(QRadioButton) if one.isChecked()]
    assert chosen.text() == "Knees bent"
    # Within its window: whether that is the active one depends on the tests before.
    assert page.window().focusWidget() is chosen, "the arrow keys go on from there"
    press(page, "Begin")
    press(page, "No, begin")
    assert client.asked[-1][2][0].key == "thoracic_stretch/bent_knees"


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK])
def test_every_shipped_exercise_has_its_pose_drawn(qapp, look):
    for exercise in load_library().exercises:
        image = QImage(60, 60, QImage.Format.Format_RGB32)
        ground = look.color("surface")
        image.fill(ground)
        painter = QPainter(image)
        draw_pose(painter, QRectF(0, 0, 60, 60), exercise.id, look, ground)
        painter.end()
        colors = {image.pixelColor(x, y).name() for x in range(0, 60, 2) for y in range(0, 60, 2)}
        assert len(colors) > 3, exercise.id


# The questions.


def test_who_feels_well_begins_with_everything(page, client):
    begun(page, "upper_back")
    what, title, exercises, answers, skipped = client.asked[-1]
    assert (what, title, answers, skipped) == ("stretch", "Upper back", Answers(False, 0), [])
    assert [one.id for one in exercises] == ["thoracic_stretch", "childs_pose", "cat_cow", "cobra"]
    assert page.is_running


def test_the_question_names_what_is_to_come_and_its_cautions(page):
    page.open_stretch("desk_break")
    told = words_of(page)
    assert BEFORE in told
    assert "Neck rotation" in told
    assert "not medical advice" in told
    assert all(text in told for text in load_exercise("neck_rotation").cautions)


def test_with_pain_a_single_exercise_is_left_out(page, client):
    choose(page, "cobra")
    press(page, "Begin")
    press(page, "Yes")
    assert LEAVE_OUT in words_of(page)
    assert not [one for one in buttons(page) if one.text().startswith("Begin")]
    press(page, "No stretching today")
    assert "Take care of yourself" in words_of(page)
    assert client.asked == [("no_stretching_today",)]


def test_with_pain_only_what_is_ticked_is_done_and_the_rest_is_kept_as_left_out(page, client):
    page.open_stretch("desk_break")
    press(page, "Yes")
    begin = next(one for one in buttons(page) if one.text() == "Begin")
    assert not begin.isEnabled()
    press(page, "Shoulder blade squeeze")
    press(page, "4")
    begin.click()
    _, _, going, answers, skipped = client.asked[-1]
    assert [one.id for one in going] == ["scapular_squeeze"]
    assert answers == Answers(True, 4)
    assert skipped == ["upper_trapezius", "neck_rotation", "seated_twist", "overhead_reach"]


def test_how_strong_the_pain_is_may_be_left_open_and_taken_back(page, client):
    page.open_stretch("desk_break")
    press(page, "Yes")
    press(page, "Neck rotation")
    press(page, "10")
    press(page, "10")
    press(page, "Begin with 1")
    assert client.asked[-1][3] == Answers(True, None)


def test_the_numbers_for_pain_are_radio_buttons_that_the_keys_reach_and_take_back(page, client, qtbot):
    page.open_stretch("desk_break")
    press(page, "Yes")
    press(page, "Neck rotation")
    scale = [one for one in buttons(page) if one.text().isdigit()]
    roles = {QAccessible.queryAccessibleInterface(one).role() for one in scale}
    assert roles == {QAccessible.Role.RadioButton}
    scale[0].setFocus()
    reached = []
    for key in 10 * [Qt.Key.Key_Right] + 3 * [Qt.Key.Key_Left]:
        qtbot.keyClick(QApplication.focusWidget(), key)
        reached.append(QApplication.focusWidget().text())
    assert reached == [*map(str, range(1, 11)), "9", "8", "7"]
    qtbot.keyClick(scale[7], Qt.Key.Key_Space)
    qtbot.keyClick(scale[7], Qt.Key.Key_Left)
    assert [one.text() for one in scale if one.isChecked()] == ["6"]
    qtbot.keyClick(scale[6], Qt.Key.Key_Space)
    press(page, "Begin with 1")
    assert client.asked[-1][3] == Answers(True, None)


def test_asking_again_leaves_nothing_of_the_question_before(page):
    def asked():
        page.open_stretch("desk_break")
        settle()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return len(page.questions.findChildren(QObject))

    before = asked()
    assert [asked() for _ in range(3)] == 3 * [before]


def test_who_said_yes_by_mistake_comes_back_to_the_question(page):
    choose(page, "cobra")
    press(page, "Begin")
    press(page, "Yes")
    press(page, "Back")
    assert BEFORE in words_of(page)


def test_a_routine_that_is_not_there_is_said(page):
    page.open_stretch("desk_brake")
    assert "There is no exercise or routine 'desk_brake'" in words_of(page)


def test_escape_and_enter_lead_through_without_a_mouse(page, qtbot, client):
    choose(page, "cobra")
    qtbot.keyClick(page.detail, Qt.Key.Key_Escape)
    assert page.currentWidget() is page.choose
    qtbot.keyClick(next(one for one in page.choose.cards if one.choice.id == "cobra"), Qt.Key.Key_Return)
    for words in ("Begin", "No, begin"):
        qtbot.keyClick(next(one for one in buttons(page) if one.text() == words), Qt.Key.Key_Return)
    assert client.asked[-1][:2] == ("stretch", "Cobra")


# The session.


def test_an_ampersand_in_a_users_own_name_is_shown_and_makes_no_shortcut(qapp):
    made = button("Hips & legs", lambda: None)
    assert made.shortcut().isEmpty()
    assert made.text() == "Hips && legs"  # which Qt shows as one
    assert made.accessibleName() == "Hips & legs"


def test_until_the_first_picture_it_says_that_the_camera_is_being_opened(page, holding):
    begun(page)
    assert "Opening the camera" in page.session.stage.accessibleDescription()
    page.take(moment(None, Mode.STARTING))
    assert page.session.stage.coaching is None
    page.take(moment(holding))
    assert page.session.stage.coaching is holding


KEYS = [
    (Qt.Key.Key_Space, "toggle"),
    (Qt.Key.Key_P, "toggle"),
    (Qt.Key.Key_R, "repeat"),
    (Qt.Key.Key_S, "skip"),
    (Qt.Key.Key_Q, "end"),
    (Qt.Key.Key_Escape, "end"),
]


@pytest.mark.parametrize(("key", "asked"), KEYS)
def test_keys_ask_the_same_as_in_the_terminal(page, qtbot, client, holding, key, asked):
    begun(page)
    page.take(moment(holding))
    qtbot.keyClick(page.session.stage, key)
    assert client.controls.take() == [asked]


@pytest.mark.parametrize(
    ("modifier", "asked"),
    [
        (Qt.KeyboardModifier.ShiftModifier, ["skip"]),
        (Qt.KeyboardModifier.KeypadModifier, ["skip"]),
        (Qt.KeyboardModifier.ControlModifier, []),
        (Qt.KeyboardModifier.AltModifier, []),
    ],
)
def test_shortcuts_of_the_desktop_and_a_key_held_down_ask_nothing(page, qtbot, client, holding, modifier, asked):
    begun(page)
    page.take(moment(holding))
    qtbot.keyClick(page.session.stage, Qt.Key.Key_S, modifier)
    held_down = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier, "s", True)
    QApplication.sendEvent(page.session.stage, held_down)
    assert client.controls.take() == asked


def test_the_voice_is_muted_and_heard_again_by_key_and_button(page, qtbot, client, holding):
    begun(page)
    page.take(moment(holding))
    qtbot.keyClick(page.session.stage, Qt.Key.Key_M)
    assert client.controls.muted
    page.take(moment(replace(holding, shown=replace(holding.shown, muted=True))))
    assert "Muted" in page.session.stage.accessibleDescription()
    press(page, "Voice on")
    assert not client.controls.muted


@pytest.mark.parametrize(("muted", "speech", "spoken"), [(True, True, 1), (False, False, 1), (False, True, 0)])
def test_a_screen_reader_speaks_what_the_coach_shows_but_does_not_say(
    page, client, holding, heard, muted, speech, spoken
):
    voice = client.settings.voice.model_copy(update={"speech": speech})
    client.settings = client.settings.model_copy(update={"voice": voice})
    begun(page)
    heard.clear()
    page.take(moment(replace(holding, shown=replace(holding.shown, cue="Rest and breathe", muted=muted))))
    assert heard.count("Rest and breathe") == spoken


def test_a_screen_reader_hears_what_appears_without_being_asked_for(page, session, heard, holding):
    begun(page)
    assert "Opening the camera…" in heard
    page.take(moment(holding))
    page.happened(Complaint(NOW, "The loudspeaker is gone."))
    assert heard[-1] == "The loudspeaker is gone."
    page.happened(ended(session))
    words = words_of(page)
    for told in heard[-1].split(". "):  # the focus is on "Done", which says nothing of it
        assert told.rstrip(".").split(" ")[0] in words
    assert "Thoracic stretch" in heard[-1]
    assert "held and seen" in heard[-1]


def test_a_screen_reader_hears_why_a_session_ended(page, heard):
    begun(page)
    page.happened(ModeChanged(NOW, Mode.STRETCHING, Mode.CAMERA_LOST, "No camera was found"))
    assert heard[-1] == "The camera cannot be used. No camera was found."


def test_a_screen_reader_hears_the_advice_not_to_stretch(page, heard):
    choose(page, "desk_break")
    press(page, "Begin")
    press(page, "Yes")
    assert heard[-1].startswith("Better not today. Skip stretching today")
    press(page, "No stretching today")
    assert heard[-1] == "No stretching today, then. Take care of yourself."


def test_buttons_name_their_keys_and_do_the_same(page, client, holding):
    begun(page)
    page.take(moment(holding))
    assert {one.text().partition("·")[2].strip() for one in buttons(page)} == {"Space", "M", "S", "R", "F", "Q"}
    for words in ("Pause", "Skip", "End"):
        press(page, words)
    assert client.controls.take() == ["toggle", "skip", "end"]


def test_space_on_a_button_reached_by_tab_presses_that_button(page, qtbot, client, holding):
    begun(page)
    page.take(moment(holding))
    skip = next(one for one in buttons(page) if "Skip" in one.text())
    qtbot.keyClick(skip, Qt.Key.Key_Space)
    assert client.controls.take() == ["skip"]


def test_while_paused_the_button_goes_on(page, client, holding):
    begun(page)
    state = replace(holding.tick.state, phase=CoachPhase.PAUSED)
    page.take(moment(replace(holding, tick=replace(holding.tick, state=state))))
    press(page, "Continue")
    assert client.controls.take() == ["toggle"]  # the controls themselves know whether that pauses or resumes


def test_each_session_may_have_controls_of_its_own(page, client, holding):
    begun(page)
    client.controls = Controls()
    page.take(moment(holding))
    press(page, "Skip")
    assert client.controls.take() == ["skip"]


def test_an_end_requested_before_the_session_is_there_ends_it_once_it_is(page, client, holding):
    begun(page)
    press(page, "End")
    client.controls = Controls()
    page.take(moment(holding))
    page.take(moment(holding))
    assert client.controls.take() == ["end"]


def test_closing_the_window_ends_the_session_and_keeps_what_was_done(page, qtbot, client, holding, session):
    window = MainWindow((Page("stretch", "Stretch", lambda: page),), closed=page.end_session)
    qtbot.addWidget(window)
    window.open()
    begun(page)
    page.take(moment(holding))
    window.close()
    assert client.controls.take() == ["end"]
    page.happened(ended(session))
    assert page.currentWidget() is page.summary


def test_a_session_that_was_only_asked_for_is_ended_although_the_window_is_closed(page, client, holding):
    begun(page)
    page.hide()
    page.end_session()
    client.controls = Controls()
    page.take(moment(holding))
    assert client.controls.take() == ["end"]


def test_closing_the_window_without_a_session_ends_nothing(page, client):
    page.end_session()
    assert client.controls.take() == []


def test_a_camera_that_gives_no_picture_for_a_moment_is_said_on_the_stage(page, holding):
    begun(page)
    frame = replace(holding.tick.frame, problem="the camera was unplugged")
    page.take(moment(replace(holding, tick=replace(holding.tick, frame=frame))))
    assert "the camera was unplugged" in page.session.stage.accessibleDescription()
    assert page.is_running


def test_escape_leaves_the_full_screen_first_and_then_ends(page, qtbot, client, holding):
    begun(page)
    page.take(moment(holding))
    told = []
    page.full_screen.connect(told.append)
    qtbot.keyClick(page.session.stage, Qt.Key.Key_F11)
    assert page.isFullScreen()
    qtbot.keyClick(page.session.stage, Qt.Key.Key_Escape)
    assert not page.isFullScreen()
    assert client.controls.take() == []
    qtbot.keyClick(page.session.stage, Qt.Key.Key_Escape)
    assert client.controls.take() == ["end"]
    assert told == [True, False]


def test_the_summary_gives_the_screen_back(page, qtbot, session, holding):
    begun(page)
    page.take(moment(holding))
    qtbot.keyClick(page.session.stage, Qt.Key.Key_F)
    page.happened(ended(session))
    assert not page.isFullScreen()


def test_a_session_begun_elsewhere_is_shown(page, holding):
    page.take(moment(holding))
    assert page.is_running


def test_a_break_offer_does_not_interrupt_a_session(page, holding):
    begun(page)
    page.take(moment(holding))
    page.open_stretch("desk_break")
    assert page.is_running


def test_a_lost_camera_is_said_and_leads_back(page, holding):
    begun(page)
    page.take(moment(holding))
    page.happened(Complaint(NOW, "Camera 'Integrated' is used by another program"))
    page.happened(ModeChanged(NOW, Mode.STRETCHING, Mode.CAMERA_LOST, "the camera was unplugged"))
    told = words_of(page)
    assert "The camera cannot be used" in told
    assert "The camera was unplugged" in told
    assert "used by another program" in told
    press(page, "Back to the stretches")
    assert page.currentWidget() is page.choose


def test_what_was_done_before_the_camera_was_lost_is_still_shown(page, session, holding):
    begun(page)
    page.take(moment(holding))
    page.happened(ModeChanged(NOW, Mode.STRETCHING, Mode.CAMERA_LOST, "the camera was unplugged"))
    page.happened(ended(session))
    assert "1 of 3 counted" in words_of(page)
    assert "the camera was unplugged" in words_of(page)


def cut_short(session):
    """What the engine publishes where a session ends in the middle of a hold."""
    summary = replace(session[1], sets=(replace(session[1].sets[0], ended_early=True),))
    return replace(ended(session), summary=summary)


@pytest.mark.parametrize(
    ("after", "why", "said"),
    [
        (Mode.OFF, "the screen is locked", "The session was stopped: the screen is locked"),
        (Mode.CAMERA_LOST, "the camera was unplugged", "The camera cannot be used: the camera was unplugged"),
    ],
)
def test_what_ended_a_session_is_said_although_its_summary_comes_first(page, session, holding, after, why, said):
    begun(page)
    page.take(moment(holding))
    page.happened(cut_short(session))
    page.happened(ModeChanged(NOW, Mode.STRETCHING, after, why))
    assert "1 of 3 counted" in words_of(page)
    assert said in words_of(page)


@pytest.mark.parametrize("after", [Mode.WATCHING, Mode.PAUSED])
def test_what_stops_the_camera_after_a_session_is_no_reason_for_its_end(page, session, holding, after):
    begun(page)
    page.take(moment(holding))
    page.happened(cut_short(session))
    why = "you paused posturecam" if after is Mode.PAUSED else None
    page.happened(ModeChanged(NOW, Mode.STRETCHING, after, why))
    assert "you paused posturecam" not in words_of(page)
    page.happened(ModeChanged(NOW, Mode.WATCHING, Mode.OFF, "the screen is locked"))
    assert "the screen is locked" not in words_of(page)


def test_a_camera_that_was_missing_before_is_no_reason_for_the_end_of_a_session(page, session, holding):
    page.take(moment(None, Mode.CAMERA_LOST))
    begun(page)
    page.take(moment(holding))
    page.happened(cut_short(session))
    page.happened(ModeChanged(NOW, Mode.STRETCHING, Mode.CAMERA_LOST, "the camera was unplugged"))
    assert "the camera was unplugged" not in words_of(page)


# The stage.


@pytest.fixture
def stage(qtbot):
    made = StageWidget()
    qtbot.addWidget(made)
    made.resize(640, 400)
    return made


def with_picture(coaching, image):
    return replace(coaching, tick=replace(coaching.tick, frame=replace(coaching.tick.frame, image=image)))


def brightness(stage):
    """Mean brightness of the person's area, in its left and right half."""
    image = stage.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)[:, : image.width()]
    area = pixels[40 : int(0.7 * image.height()), : int(0.6 * image.width())]
    return area[:, :180].mean(), area[:, -180:].mean()


def test_the_picture_is_mirrored(stage, holding):
    image = np.zeros((720, 1280, 3), np.uint8)
    image[:, :640] = 255
    stage.show_moment(with_picture(holding, image), Settings())
    left, right = brightness(stage)
    assert right > left + 50


def test_a_note_over_the_person_has_the_rounded_corners_of_the_area(stage, holding):
    def at_the_edge():
        image = stage.grab().toImage()
        return [image.pixelColor(0, y).name() == theme.current().ground for y in range(image.height())]

    stage.show_moment(holding, Settings())
    without = at_the_edge()
    stage.show_note("The camera gives no picture for a moment")
    assert at_the_edge() == without
    assert 0 < sum(without) < len(without)


def test_in_private_mode_the_person_is_drawn_without_the_picture(stage, holding):
    image = np.full((720, 1280, 3), 255, np.uint8)
    stage.show_moment(with_picture(holding, image), PRIVATE)
    without = brightness(stage)
    stage.show_moment(with_picture(holding, image), Settings())
    assert max(without) < 60 < min(brightness(stage))


def test_the_moment_is_described_in_words_too(stage, holding):
    stage.show_moment(holding, Settings())
    told = stage.accessibleDescription()
    assert "Hold" in told
    assert "of 15 seconds" in told
    assert "1 of 3" in told
    assert f"now {holding.shown.judged.value:.0f}°" in told


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
@pytest.mark.parametrize("size", [(380, 210), (500, 300), (640, 400), (1280, 720)])
def test_the_words_of_the_ring_are_whole_in_a_window_of_any_size(stage, holding, language, size):
    choose_language(language)
    stage.resize(*size)
    stage.show_moment(holding, Settings())
    assert tr(holding.shown.below) in "".join(painted_words(stage))


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
@pytest.mark.parametrize("size", [(640, 400), (1280, 720)])
def test_what_is_announced_is_whole(stage, language, size):
    choose_language(language)
    stage.resize(*size)
    for exercise in [one.at_desk() for one in load_library().exercises if one.desk is not None]:
        tick = next(coach(FramesInMemory(frames((1, FACING)), live=True), None, [exercise], paced=True))
        stage.show_moment(Coaching("Desk break", tick, show(ShowState(), tick)[1]), Settings())
        drawn = "".join(painted_words(stage)).replace(" ", "")
        assert tr(exercise.desk.say).replace(" ", "") in drawn, exercise.id


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
def test_seconds_to_get_into_position_are_not_shown_as_those_of_the_hold(stage, language):
    choose_language(language)
    ticks = coach(FramesInMemory(frames((9, FACING)), live=True), None, [load_exercise("eye_rest")])
    tick = next(tick for tick in ticks if tick.state.phase is CoachPhase.ENTERING)
    shown = show(ShowState(), tick)[1]
    assert shown.below == "seconds to get into position"
    stage.show_moment(Coaching("Eyes", tick, shown), Settings())
    assert tr(shown.below) in " ".join(painted_words(stage))


@pytest.mark.parametrize("phase", [CoachPhase.LEAD_IN, CoachPhase.SETUP])
def test_nothing_that_the_coach_asks_for_is_cut_off_on_a_narrow_stage(stage, phase):
    choose_language("de")
    exercise = load_exercise("chin_tuck")
    paced = phase is CoachPhase.LEAD_IN
    frames_ = FramesInMemory(frames((9, FACING)), live=True)
    ticks = coach(frames_, None, [exercise.at_desk() if paced else exercise], paced=paced)
    tick = next(tick for tick in ticks if tick.state.phase is phase)
    stage.resize(400, 640)
    stage.show_moment(Coaching("Kinn", tick, show(ShowState(), tick)[1]), Settings())
    assert [words for words in painted_words(stage) if "…" in words] == []


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
def test_no_title_and_nothing_that_is_announced_is_cut_off_in_the_narrowest_window(stage, language):
    choose_language(language)
    stage.resize(384, 604)
    for exercise in load_library().exercises:
        for paced in (True, False) if exercise.desk else (False,):
            source = FramesInMemory(frames((1, FACING)), live=True)
            tick = next(coach(source, None, [exercise.at_desk() if paced else exercise], paced=paced))
            stage.show_moment(Coaching("Desk break", tick, show(ShowState(), tick)[1]), Settings())
            assert [words for words in painted_words(stage) if "…" in words] == [], exercise.id


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_with_large_text_the_time_to_get_ready_does_not_run_into_what_comes_next(stage, qapp, monkeypatch, language):
    choose_language(language)
    written = {}

    def noted(painter, area, text, *rest):
        bottom = write(painter, area, text, *rest)
        written[text] = area.top(), bottom
        return bottom

    monkeypatch.setattr("posturecam.desktop.pages.stretch.stage.write", noted)
    before = qapp.property("posturecam_text")
    qapp.setProperty("posturecam_text", 2.0)
    exercises = [load_exercise(name).at_desk() for name in ("chin_tuck", "overhead_reach")]
    tick = next(coach(FramesInMemory(frames((1, FACING)), live=True), None, exercises, paced=True))
    shown = show(ShowState(), tick)[1]
    try:
        stage.resize(575, 210)
        stage.show_moment(Coaching("Desk break", tick, shown), Settings())
        stage.grab()
    finally:
        qapp.setProperty("posturecam_text", before)
    ready = written[f"{shown.number} {tr(shown.below)}"]
    upcoming = written[tr("Next: {title}").format(title=tr(shown.up_next))]
    assert ready[1] <= upcoming[0]


@pytest.mark.parametrize(("seconds", "told"), [(3.0, "3 s not seen"), (0.3, "")])
def test_what_was_not_seen_has_its_own_words_once_it_is_a_second(stage, holding, seconds, told):
    state = replace(holding.tick.state, hold=replace(holding.tick.state.hold, unseen=seconds))
    unseen = replace(holding, tick=replace(holding.tick, state=state), shown=replace(holding.shown, unseen=0.2))
    stage.show_moment(unseen, Settings())
    assert told in stage.accessibleDescription()
    assert ("not seen" in stage.accessibleDescription()) is bool(told)


def test_every_phase_is_painted_in_both_looks_and_small(stage, qapp, session):
    shown = {one.shown.phase: one for one in session[0]}
    assert len(shown) >= 6
    for look in (theme.LIGHT, theme.DARK):
        qapp.setProperty("posturecam_dark", look.dark)
        for coaching in shown.values():
            for size in ((420, 280), (900, 520)):
                stage.resize(*size)
                stage.show_moment(coaching, Settings())
                assert colors(stage) > 3
    qapp.setProperty("posturecam_dark", False)


def test_everything_that_a_moment_says_is_written_on_the_stage(stage, holding):
    shown = replace(
        holding.shown, cue="Let your shoulders sink", number="7", below="seconds", muted=True, time_left="2:10", help=""
    )
    stage.resize(1200, 700)
    stage.show_moment(replace(holding, shown=replace(shown, up_next="Chin tuck")), Settings())
    written = "".join(painted_words(stage)).replace(" ", "")
    told = (shown.title, shown.word, shown.progress, shown.cue, "7", "seconds", "2:10", "muted", "Next: Chin tuck")
    assert [one for one in told if one.replace(" ", "") not in written] == []
    stage.show_moment(replace(holding, shown=replace(shown, help="Turn the camera to your side")), Settings())
    assert "Turnthecamera" in "".join(painted_words(stage)).replace(" ", "")


def test_the_ring_fills_clockwise_from_the_top_and_what_was_not_seen_follows_what_was(stage, holding):
    stage.resize(1200, 700)

    def changed(before, after):
        """The pixels in which two states of the ring differ, relative to the middle of the ring: x to the right, y down."""
        images = []
        for seen, unseen in (before, after):
            shown = replace(holding.shown, seen=seen, unseen=unseen)
            stage.show_moment(replace(holding, shown=shown), Settings())
            image = stage.grab().toImage().convertToFormat(QImage.Format.Format_ARGB32)
            images.append(np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy())
        return np.argwhere(images[0] != images[1])[:, ::-1].astype(float)

    ring = changed((0.0, 0.0), (1.0, 0.0))
    middle = (ring.min(axis=0) + ring.max(axis=0)) / 2
    radius = (ring.max(axis=0) - middle).min()
    x, y = (changed((0.0, 0.0), (0.25, 0.0)) - middle).T / radius
    assert x.min() > -0.15
    assert y.max() < 0.15
    x, y = (changed((0.25, 0.0), (0.25, 0.25)) - middle).T / radius
    assert x.min() > -0.15
    assert y.min() > -0.15


def test_painting_takes_no_reference_away_from_none(stage, holding):
    """PySide6 6.12.0 does, which crashes Python 3.11 after some minutes: it must not be installed."""
    stage.show_moment(holding, Settings())
    stage.grab()
    before = sys.getrefcount(None)
    for _ in range(3):
        stage.grab()
    assert sys.getrefcount(None) > before - 100


def test_a_long_cue_gets_smaller_before_it_is_cut(stage):
    font = stage.font().toString()
    lines, size = fitted("Let your knees sink toward the floor", font, 300, 2, 40)
    assert len(lines) == 2
    assert size < 40
    assert not any("…" in line for line in lines)


def test_chinese_is_broken_into_lines_without_spaces(stage):
    lines, _ = fitted("请慢慢地把双手沿着腿向下滑动保持呼吸", stage.font().toString(), 160, 4, 20)
    assert len(lines) > 1
    assert "".join(lines) == "请慢慢地把双手沿着腿向下滑动保持呼吸"


# The summary.


def test_counted_and_graded_are_kept_apart_with_what_to_do_next_time(page, session):
    begun(page)
    page.happened(ended(session))
    told = words_of(page)
    assert "1 of 3 counted" in told
    assert "1 of 1 without a mistake" in told
    assert "Let your head hang toward your stomach" in told
    assert "1 repetition was not counted" in told
    assert load_exercise("thoracic_stretch").trust.cannot in told


@pytest.mark.parametrize(("seconds", "told"), [(2.6, "3 s"), (0.3, None)])
def test_the_total_that_was_not_seen_is_shown_once_it_is_a_second(page, session, seconds, told):
    whole, *others = session[1].sets[0].results
    one = replace(
        session[1].sets[0], results=(replace(whole, unseen=seconds), *(replace(other, unseen=0.0) for other in others))
    )
    begun(page)
    page.happened(replace(ended(session), summary=replace(session[1], sets=(one,))))
    figures = words_of(page).splitlines()
    assert ("held, not seen" in figures) is (told is not None)
    assert told is None or figures[figures.index("held, not seen") - 1] == told


def test_depth_against_the_own_best_is_apart_from_the_standard(session):
    one = session[1].sets[0]
    key = next(iter(one.bests))
    before = replace(one, past={key: PastDepth(one.bests[key] + 7)})
    assert "7° further than ever before" in personal_words(before)[0]
    assert "level" not in personal_words(before)[0]
    assert "depth level" in strict_words(before)
    hardly = personal_words(replace(one, past={key: PastDepth(one.bests[key] + 0.3)}))[0]
    assert hardly.endswith(f"best so far {one.bests[key]:.0f}°"), "and not 0° further than ever before"
    first = personal_words(replace(one, past={}))[0]
    assert "the first from this view" in first
    assert first[0].isupper()  # like every line of the summary


def test_the_course_of_a_depth_is_charted_and_rises_when_one_improves(session):
    one = session[1].sets[0]
    key, now = next(iter(one.bests.items()))
    (chart,) = charted(replace(one, past={key: PastDepth(now + 7, course=(now + 20, now + 12, now + 7))}))
    assert chart.heights == sorted(chart.heights)
    assert chart.heights[-1] == 1
    assert f"{now:.0f}°" in chart.accessibleName()
    assert charted(replace(one, past={})) == [], "one session is no course"


def test_aims_that_stay_after_pain_are_said(page, session):
    one = session[1].sets[0]
    frozen = replace(one, past={DepthKey("thoracic_stretch", None, View.SIDE_LEFT): PastDepth(40, frozen=True)})
    begun(page)
    page.happened(replace(ended(session), summary=replace(session[1], sets=(frozen,))))
    assert "your depth targets stay the same" in words_of(page)


def test_how_it_feels_afterwards_is_kept_with_the_session(page, client, session, done):
    begun(page)
    page.happened(ended(session, 7))
    press(page.summary, "1")
    press(page, "Done")
    assert client.asked[-1] == ("stretched", 7, Answers(False, 0, 1))
    assert done == [True]
    assert page.currentWidget() is page.choose


def test_how_it_feels_afterwards_is_kept_however_the_page_is_left(page, client, session):
    """Whoever closed the window, or began another stretch from the tray, lost it, and targets grew after pain."""
    begun(page)
    page.happened(ended(session, 7))
    press(page.summary, "6")
    page.open_stretch("desk_break")
    assert page.currentWidget() is page.questions
    assert client.asked[-1] == ("stretched", 7, Answers(False, 0, 6))


def test_how_it_feels_afterwards_can_be_taken_back(page, client, session):
    begun(page)
    page.happened(ended(session, 7))
    press(page.summary, "6")
    press(page.summary, "6")
    assert client.asked[-1] == ("stretched", 7, Answers(False, 0, None))


@pytest.fixture
def anew(qtbot, client, done):
    """The page as it is recreated in another language."""

    def made(unfinished):
        page = StretchPage(client, lambda: done.append(True), unfinished=unfinished)
        qtbot.addWidget(page)
        page.show()
        return page

    return made


def test_windows_in_another_language_still_ask_what_was_asked_and_how_it_feels_now(anew, client, session, holding):
    unfinished = Unfinished()
    begun(anew(unfinished), "upper_back")
    page = anew(unfinished)  # before the first picture
    page.take(moment(holding))
    assert page.is_running
    page = anew(unfinished)  # in the session
    page.happened(ended(session))
    page = anew(unfinished)  # at its summary
    press(page, "3")
    press(page, "Done")
    assert client.asked[-1] == ("stretched", 7, Answers(False, 0, 3))
    assert unfinished.step is StretchStep.CHOOSING


def test_how_it_feels_afterwards_is_still_shown_in_another_language_and_can_be_taken_back(anew, client, session):
    """The saved answer looked open: whoever wanted to take it back, by a second press, saved it once more."""
    unfinished = Unfinished()
    page = anew(unfinished)
    begun(page)
    page.happened(ended(session, 7))
    press(page.summary, "6")
    told = words_of(page)
    page = anew(unfinished)
    assert words_of(page) == told
    press(page.summary, "6")
    assert client.asked[-1] == ("stretched", 7, Answers(False, 0, None))
    assert words_of(anew(unfinished)) != told


@pytest.mark.parametrize("lost", [False, True], ids=["with a camera", "without one from the beginning"])
def test_what_ended_a_stretch_is_the_camera_in_another_language_too_only_if_it_was_there(anew, client, session, lost):
    """A break at the desk without a camera was said to have ended because of it, once the language had changed."""
    unfinished = Unfinished()
    page = anew(unfinished)
    if lost:
        page.take(moment(None, Mode.CAMERA_LOST))
    begun(page, "upper_back")
    page = anew(unfinished)
    page.happened(cut_short(session))
    page.happened(ModeChanged(NOW, Mode.STRETCHING, Mode.CAMERA_LOST, "the camera was unplugged"))
    assert ("The camera cannot be used" in words_of(page)) is not lost


def test_the_question_about_pain_stays_open_in_another_language(anew, client):
    unfinished = Unfinished()
    page = anew(unfinished)
    choose(page, "thoracic_stretch")
    press(page, "Begin")
    page = anew(unfinished)
    assert BEFORE in words_of(page)
    press(page, "No, begin")
    assert client.asked[-1][0] == "stretch"


def test_what_goes_on_in_another_language_has_the_focus(client, qtbot):
    """So that Enter still answers, and the keys of the session still work."""
    for step in (StretchStep.ASKED, StretchStep.RUNNING):
        unfinished = Unfinished(step=step, choice=alone(load_exercise("thoracic_stretch")))
        page = StretchPage(client, lambda: None, unfinished=unfinished)
        window = MainWindow((Page("now", "Now", QWidget), Page("stretch", "Stretch", lambda page=page: page)))
        qtbot.addWidget(window)
        window.open("stretch")
        assert page.isAncestorOf(window.focusWidget())


def test_more_pain_than_before_is_answered(page, session):
    begun(page)
    page.happened(ended(session))
    press(page.summary, "5")
    assert "see a doctor if it does not go away" in words_of(page)
    press(page.summary, "0")
    assert "see a doctor if it does not go away" not in words_of(page)


def test_what_counts_as_more_pain_is_the_users_setting(page, client, session):
    client.settings = Settings(stretch=StretchSettings(pain_rise=6))
    begun(page)
    page.happened(ended(session))
    press(page.summary, "5")
    assert "see a doctor" not in words_of(page)
    press(page.summary, "6")
    assert "see a doctor" in words_of(page)


def test_the_answer_may_be_left_open(page, client, session):
    begun(page)
    page.happened(ended(session))
    press(page, "Done")
    assert client.asked[-1][0] == "stretch"


def test_nothing_is_asked_where_nothing_was_asked_before_or_kept(page, session):
    page.happened(ended(session))
    assert "How does it feel" not in words_of(page)
    press(page, "Done")
    begun(page)
    page.happened(ended(session, None))
    assert "How does it feel" not in words_of(page)
    assert "Nothing was saved" in words_of(page)


def test_what_was_left_out_is_said_at_the_end(page, session):
    page.open_stretch("desk_break")
    press(page, "Yes")
    press(page, "Neck rotation")
    press(page, "Begin with 1")
    page.happened(ended(session))
    assert "Skipped because you said something hurts: Upper trapezius side bend" in words_of(page)


def test_again_asks_the_question_again(page, session):
    begun(page)
    page.happened(ended(session))
    press(page, "Again")
    assert BEFORE in words_of(page)


def test_a_session_with_nothing_held_praises_nothing(page, session):
    begun(page)
    page.happened(replace(ended(session, None), summary=summarize([])))
    assert "Session over" in words_of(page)
    assert "Well done" not in words_of(page)


# Accessibility.


def focusable(widget):
    QApplication.processEvents()
    return [
        one
        for one in widget.findChildren(QWidget)
        if one.isVisibleTo(widget) and one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isEnabled()
    ]


def steps(page, session, holding):
    """Every step of the page, one after the other."""
    yield page
    choose(page, "thoracic_stretch")
    yield page
    page.open_stretch("desk_break")
    yield page
    press(page, "Yes")
    yield page
    press(page, "Begin")
    page.take(moment(holding))
    yield page
    page.happened(ended(session))
    yield page


def test_every_control_has_a_name_and_is_reached_by_tab(page, session, holding):
    seen = 0
    for step in steps(page, session, holding):
        controls = focusable(step.currentWidget())
        assert controls
        assert [one for one in controls if not one.accessibleName()] == []
        reached, at = set(), step
        while (at := at.nextInFocusChain()) not in reached:
            reached.add(at)
        assert set(controls) <= reached
        seen += len(controls)
    assert seen > 30


def test_an_exercise_says_about_how_long_it_takes():
    exercise = load_exercise("thoracic_stretch")
    assert alone(exercise).minutes == pytest.approx(3 * (15 + 8) / 60)


# The break at the desk.


def seconds_of(asked):
    return sum(map(lasting, asked[2]))


def test_a_break_takes_the_time_of_the_settings_or_what_is_chosen_at_its_start(page, client):
    page.open_stretch("desk_break")
    press(page, "No, begin")
    assert 120 < seconds_of(client.asked[-1]) <= 180
    page.session.end()
    page.take(Snapshot(NOW, Mode.WATCHING))
    page.happened(StretchEnded(NOW, "Desk break", SessionSummary(()), None))
    page.open_stretch("desk_break", 5)
    press(page, "1 minute")
    press(page, "No, begin")
    assert 30 < seconds_of(client.asked[-1]) <= 60


def test_a_break_is_picked_for_the_camera_that_is_there_and_names_what_goes_by_time(page):
    page.take(Snapshot(NOW, Mode.WATCHING, baseline=SimpleNamespace(view=View.SIDE_LEFT)))
    page.open_stretch("desk_break")
    assert "Chin tuck" in words_of(page)
    assert "Timed only" in words_of(page)
    page.take(Snapshot(NOW, Mode.WATCHING, baseline=SimpleNamespace(view=View.FRONT)))
    page.open_stretch("desk_break")
    assert "Timed only" not in words_of(page)
    assert not any(asked in words_of(page) for asked in ("2–3 m", "sideways", "your side"))


def test_a_movement_is_shown_while_it_is_announced_and_stands_still_where_less_motion_is_wanted(qtbot, monkeypatch):
    exercise = load_exercise("overhead_reach").at_desk()
    tick = next(coach(FramesInMemory(frames((1, FACING)), live=True), None, [exercise], paced=True))
    coaching = Coaching("Desk break", tick, show(ShowState(), tick)[1])
    stage = StageWidget()
    qtbot.addWidget(stage)
    stage.show()
    stage.show_moment(coaching, Settings())
    assert stage.share is not None
    stage.show_moment(coaching, Settings(desktop=DesktopSettings(reduced_motion=True)))
    assert stage.share is None
    stage.show_moment(coaching, Settings())
    assert stage.share is not None
    monkeypatch.setattr(system, "wants_less_motion", lambda: True)
    stage.show_moment(coaching, Settings())
    assert stage.share is None


def test_a_break_is_opened_at_its_length_and_skipped_and_repeated_from_outside():
    class Windows:
        welcoming, stretching, opened = False, False, []

        def stretch(self, routine, minutes=None):
            self.opened.append((routine, minutes))

    client, windows = FakeClient(), Windows()
    shown = [Snapshot(NOW, Mode.WATCHING)]
    control = Control(client, lambda: windows, lambda: shown[-1])
    assert control("stretch desk_break 1")["ok"]
    assert control("stretch")["ok"]
    assert windows.opened == [("desk_break", 1), ("", None)]
    for index, said in ((0, "On to the next exercise."), (1, "Skipped.")):  # after the last one the session is over
        shown.append(Snapshot(NOW, Mode.STRETCHING, coaching=SimpleNamespace(tick=SimpleNamespace(index=index, of=2))))
        assert control("skip") == {"ok": True, "said": said}
    assert control("repeat")["ok"]
    assert client.controls.take() == ["skip", "skip", "repeat"]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(2, "0 of 1 done, timed only"), (12, "0 of 1 done, timed only"), (40, "1 of 1 done, timed only")],
)
def test_after_a_rest_that_is_only_timed_nothing_is_said_of_a_pose_that_was_held_or_seen(page, seconds, told):
    begun(page, "eye_rest")
    page.happened(StretchEnded(NOW, "Eye rest", summarize(run("eye_rest", (seconds, FACING))), None))
    shown = words_of(page)
    assert told in shown
    assert "No pose was held for long enough to count." not in shown
    assert "held and seen" not in shown


def test_a_single_repetition_is_told_as_one(page):
    case = CASES["chin_tuck"]
    ticks = run(load_exercise("chin_tuck").with_dose(reps=1), (2, case.start), *case.reps(1, 6.0))
    begun(page, "chin_tuck")
    page.happened(StretchEnded(NOW, "Chin tuck", summarize(ticks), None))
    assert "repetition counted" in words_of(page)


def test_a_stretch_that_still_opens_its_camera_can_be_skipped_from_outside_as_with_its_button(page, client):
    windows = SimpleNamespace(stretching=False)
    control = Control(client, lambda: windows, lambda: Snapshot(NOW, Mode.WATCHING))
    refused = control("skip")
    assert not refused["ok"]
    assert "begin one with: posturecam ctl stretch" in refused["error"]
    begun(page)
    windows.stretching = page.is_running
    assert control("skip") == {"ok": True, "said": "Skipped."}
    assert control("repeat")["ok"]
    assert client.controls.take() == ["skip", "repeat"]


def settle():
    for _ in range(8):  # heights depend on widths, and scroll bars on both
        QApplication.processEvents()


def test_a_title_without_a_space_makes_no_page_wider_than_the_window(qtbot, client, own_home):
    shipped = (ROOT / "posturecam" / "coach" / "exercises" / "chin_tuck.toml").read_text(encoding="utf-8")
    title = "Nackenmuskulaturentspannungsübungsreihenfolge" * 2
    own = own_home / "exercises" / "mine.toml"
    own.parent.mkdir(parents=True)
    own.write_text(shipped.replace("chin_tuck", "mine").replace("Chin tuck", title), encoding="utf-8")
    page = StretchPage(client, lambda: None)
    qtbot.addWidget(page)
    page.resize(400, 320)
    page.show()
    choose(page, "mine")
    assert title in words_of(page)
    settle()
    assert misfits(page) == []
    press(page, "Begin")
    settle()
    assert misfits(page) == []


def test_a_check_box_breaks_a_word_that_is_too_long_for_any_line(qtbot):
    box = WrappingCheckBox("A " + "Super" * 20)
    qtbot.addWidget(box)
    assert box.minimumSizeHint().width() < 200
    assert box.heightForWidth(200) > 4 * box.fontMetrics().height()
    assert box.text() == "A " + "Super" * 20
