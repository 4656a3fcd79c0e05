"""Every text in every language, from one catalogue; and what core modules put together is found by its pattern."""

import ast
import gettext
import re
import shutil
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes.voice import FakePlayer, FakeSynthesiser

import posturecam
from posturecam.coach.cues import phrases
from posturecam.coach.library import load_library
from posturecam.config.settings import VoiceSettings
from posturecam.i18n import patterns
from posturecam.i18n import translate as texts
from posturecam.i18n.translate import choose_language, tr, trn
from posturecam.posture.assess import no_person
from posturecam.posture.view import View
from posturecam.vision.pose import Landmark
from posturecam.vision.sources.camera import BLACK, LOST, STILL, UNIFORM
from posturecam.voice import SystemVoice
from posturecam.voice.synthesis import choose_say_voice
from posturecam.voice.worker import choose

PACKAGE = Path(posturecam.__file__).parent
LANGUAGES = [code for code in texts.LANGUAGES if code != "en"]


@pytest.fixture(autouse=True)
def english_again():
    yield
    choose_language("en")


# The files.


@pytest.fixture(scope="module")
def tool():
    pytest.importorskip("babel")
    pytest.importorskip("PySide6")
    from tools import texts as tool

    return tool


def test_every_text_is_in_every_language(tool):
    assert list(tool.problems()) == []


def test_the_languages_of_the_tool_are_those_that_can_be_chosen(tool):
    assert list(tool.LANGUAGES) == LANGUAGES


def test_a_text_is_found_wherever_it_may_stand(tool):
    found = [
        list(tool.constants(ast.parse(code, mode="eval").body))
        for code in ('"a"', '"a" if x else "b"', 'x or "a"', '{1: "a", 2: "b"}[x]', "x", "f'{x}'", '""')
    ]
    assert found == [["a"], ["a", "b"], ["a"], ["a", "b"], [], [], []]


@pytest.mark.parametrize(
    ("original", "translated", "wrong"),
    [
        ("for {time}", "für {time}", False),
        ("for {time}", "für {zeit}", True),
        ("{number:g} hours", "{number} Stunden", True),
        ("all", "", True),
        ("all", "alle ", True),
    ],
)
def test_a_translation_that_would_break_is_told(tool, original, translated, wrong):
    from babel.messages.catalog import Message

    found = list(tool._problems_of(Message(original), Message(original, translated), 2))
    assert bool(found) is wrong, found


def test_nothing_put_together_is_given_to_be_looked_up():
    """`tr(f"…")` is never found; `tr("… {x}").format(x=…)` is."""
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        for call in _calls(path, ("tr", "trn", "mark")):
            wrong += [f"{path.name}:{call.lineno}" for one in call.args if isinstance(one, ast.JoinedStr)]
    assert wrong == []


# What core modules put together.

_GIVEN_TO = {"Reason": 1, "_Unknown": 1, "Unmeasurable": 1, "CalibrationRefused": 0, "CameraError": 0, "ModelError": 0,
             "complain": 0, "_tell": 0}  # fmt: skip
_SHOWN = (
    "posture/measures", "posture/assess", "posture/calibration", "vision/sources/camera", "vision/estimator", "config/resources",
    "config/settings_file", "config/files", "history/baselines", "vision/sources/__init__", "session/engine",
    "session/stretching/run", "session/history_recorder", "coach/pose_geometry", "coach/stretch_measures",
    "coach/judging/framing", "voice/speech", "history/repository", "history/database", "history/removal", "alerts/policy",
)  # fmt: skip
_SETTINGS = ("config/settings_file", "config/files", "history/baselines", "history/database", "history/removal")


def _calls(path, names):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
            yield node


def _put_together():
    """The f-strings that may be shown, with an x in the place of each value."""
    for name in _SHOWN:
        path = PACKAGE / f"{name}.py"
        given = {**_GIVEN_TO, **(dict.fromkeys(("SettingsError", "HistoryError"), 0) if name in _SETTINGS else {})}
        for call in _calls(path, given):
            called = getattr(call.func, "id", getattr(call.func, "attr", ""))
            at = given[called]
            if len(call.args) > at and isinstance(call.args[at], ast.JoinedStr):
                text = _filled(call.args[at])
                if not text.startswith("There is no voice"):  # it ends in one of two sentences, see below
                    yield pytest.param(text, id=f"{name}:{call.lineno}")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Return)
                and isinstance(node.value, ast.JoinedStr)
                and name in ("alerts/policy", "coach/judging/framing")
            ):
                yield pytest.param(_filled(node.value), id=f"{name}:{node.lineno}")  # fmt: skip


def _filled(template):
    return "".join(one.value if isinstance(one, ast.Constant) else "x" for one in template.values)


@pytest.mark.parametrize("text", list(_put_together()))
def test_each_text_put_together_has_its_pattern(text):
    marked = patterns.translated(text, patterns.patterns(), str, lambda part: f"<{part}>")
    assert marked is not None, "it needs a template in posturecam/i18n/patterns.py"
    assert re.search(r"\bx\b", re.sub(r"<[^<>]*>", "", marked)) is None, "a value is no placeholder"


@pytest.mark.parametrize(
    "text",
    [
        "There is no voice: the system has no speech; install the package espeak-ng; chimes and texts go on.",
        "There is no voice: the system's speech does not answer within 8 s; texts go on.",
        "Learned how you sit upright, seen from the front: good (60 looks, spread 0.10 of the slouching threshold).",
        "Learned how you sit upright, seen from your left side: fair (60 looks, spread 0.20 of the slouching threshold). "
        "Your slouch is 9 standard deviations away: the camera can tell.",
        "Child's pose: with a cushion",
        "Mostly, I saw nobody.",
    ],
)
def test_no_english_is_left_in_a_text_of_several_parts(text):
    choose_language("de")
    left = set(re.findall(r"[a-z]{3,}", text.lower())) & set(re.findall(r"[a-z]{3,}", tr(text).lower()))
    assert left <= {"die", "espeak", "system"}


def test_a_pattern_is_not_hidden_behind_a_vaguer_one():
    """Each template, filled, is recognised as itself."""
    known = patterns.patterns()
    for template in patterns.TEMPLATES:
        text = patterns.fill(template, dict.fromkeys(re.findall(r"\{(\w+)\}", template), "7"))
        found = next(one for one in known if one.shape.fullmatch(text))
        assert found.template == template


def test_parts_are_looked_up_and_numbers_stay():
    words = {"I cannot see {what}": "Ich sehe {what} nicht", "your left ear": "dein linkes Ohr"}
    known = patterns.patterns(["I cannot see {what}"])
    assert patterns.translated("I cannot see your left ear", known, words.__getitem__, words.__getitem__) == (
        "Ich sehe dein linkes Ohr nicht"
    )
    assert patterns.translated("HD Webcam", known, str, str) is None


def test_braces_in_a_part_do_no_harm():
    assert patterns.fill("{camera} is lost", {"camera": "{0} {x} Cam"}) == "{0} {x} Cam is lost"


# As they are shown.


def test_a_reason_is_shown_in_german():
    choose_language("de")
    assert tr("your head is turned by about 32°") == "dein Kopf ist um etwa 32° gedreht"
    assert tr("I cannot see your left shoulder") == "Ich kann deine linke Schulter nicht sehen"
    assert tr(no_person(0.0).deviation.reason.text) == "ich sehe niemanden"
    assert tr("you are 1.8 times nearer to the camera than when you calibrated").startswith(
        "du bist der Kamera 1,8-mal"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_landmark_and_view_is_named(language):
    choose_language(language)
    english = re.compile(r"\b(your|left|right|the|front|cannot)\b")
    for landmark in Landmark:
        assert not english.search(tr(f"I cannot see your {landmark.spoken}"))
    for view in View:
        assert not english.search(tr(f"you are seen from {view.spoken}, and were calibrated from {View.FRONT.spoken}"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_coach_says_is_translated(language):
    choose_language(language)
    for exercise in load_library().exercises:
        for text in phrases(exercise):
            assert text.isdecimal() or tr(text) != text or text in SAME, text


SAME = {"Cobra"}
"""Called alike in another language."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", [LOST, BLACK, UNIFORM, STILL])
def test_the_cameras_troubles_are_translated(language, text):
    choose_language(language)
    assert tr(text) != text


def test_a_number_is_written_as_the_language_writes_it():
    choose_language("es")
    assert [tr(one) for one in ("1.5", "4.5 s", "0.52 shoulder widths", "2.0 Webcam", "12")] == [
        "1,5",
        "4,5 s",
        "0,52 anchos de hombros",
        "2.0 Webcam",
        "12",
    ]
    choose_language("zh")
    assert [tr(one) for one in ("1.5", "4.5 s")] == ["1.5", "4.5 秒"]


def test_one_and_many_are_told_apart():
    choose_language("de")
    assert trn("about {number} minute", "about {number} minutes", 1) == "etwa 1 Minute"
    assert trn("about {number} minute", "about {number} minutes", 3) == "etwa 3 Minuten"
    choose_language("zh")
    assert trn("about {number} minute", "about {number} minutes", 1) == "大约 1 分钟"


# Choosing.


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("de", "de"),
        ("de_AT", "de"),
        ("zh-CN", "zh"),
        ("ES", "es"),
        ("fr_FR", "en"),
        ("C", "en"),
        ("", "en"),
        ("en_GB", "en"),
    ],
)
def test_a_language_that_is_not_there_is_english(wanted, spoken):
    assert choose_language(wanted) == spoken
    assert texts.chosen_language() == spoken
    assert (tr("Paused") == "Paused") is (spoken == "en")


def test_another_language_does_not_keep_the_words_of_the_last():
    choose_language("de")
    german = tr("your head is turned by about 32°")
    choose_language("es")
    assert tr("your head is turned by about 32°") not in (german, "your head is turned by about 32°")
    choose_language("en")
    assert tr("your head is turned by about 32°") == "your head is turned by about 32°"


@pytest.mark.parametrize("damage", [None, b"", b"nonsense", "cut"])
def test_a_missing_or_damaged_catalogue_leaves_english(tmp_path, monkeypatch, damage):
    shutil.copytree(texts.FOLDER, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    monkeypatch.setattr(gettext, "_translations", {})
    mo = tmp_path / "de" / "LC_MESSAGES" / "posturecam.mo"
    whole = mo.read_bytes()
    mo.unlink()
    if damage is not None:
        mo.write_bytes(whole[: len(whole) // 2] if damage == "cut" else damage)
    assert choose_language("de") == "en"
    assert tr("Paused") == "Paused"


def test_a_text_without_a_translation_is_shown_as_it_is():
    choose_language("de")
    assert tr("HD Webcam C920") == "HD Webcam C920"
    assert tr("") == ""


# The coach's voice.


def one(name, *languages):
    return SimpleNamespace(id=f"id/{name}", name=name, languages=list(languages))


VOICES = [one("Alex", "en-US"), one("Anna", "de-DE"), one("Petra", "de-AT"), one("Mandarin", "cmn")]


@pytest.mark.parametrize(
    ("own", "language", "chosen"),
    [
        ("Alex", "de", "id/Anna"),
        ("Petra", "de", None),
        ("Alex", "zh", "id/Mandarin"),
        ("Alex", "es", None),
        ("Anna", "es", "id/Alex"),
        ("Anna", "en", "id/Alex"),
    ],
)
def test_a_voice_of_the_language_is_taken_before_an_english_one(own, language, chosen):
    assert choose(VOICES, f"id/{own}", "", language) == chosen


def test_the_voice_that_was_named_speaks_whatever_its_language():
    assert choose(VOICES, "id/Anna", "alex", "de") == "id/Alex"


SAY = """Anna                de_DE    # Hallo! Ich heisse Anna.
Samantha            en_US    # Hello! My name is Samantha.
Tingting            zh_CN    # 你好！我叫婷婷。
"""


@pytest.mark.parametrize(
    ("own", "language", "chosen"),
    [
        ("de_DE", "de", (None, "de")),
        ("en_US", "de", ("Anna", "de")),
        ("en_US", "zh", ("Tingting", "zh")),
        ("en_US", "es", (None, "en")),
        ("de_DE", "es", ("Samantha", "en")),
        ("", "en", (None, "en")),
    ],
)
def test_the_command_say_takes_a_voice_of_the_language(own, language, chosen):
    assert choose_say_voice(SAY, "", own, language) == chosen


@pytest.mark.parametrize(("speaks", "said"), [("de", "Lass die Arme hängen"), ("en", "Let your arms hang")])
def test_the_coach_speaks_the_language_that_its_voice_has(speaks, said):
    speech = FakeSynthesiser()
    speech.language = speaks
    choose_language("de")
    made = SystemVoice(VoiceSettings(), synthesiser=lambda _: speech, language="de", translate=tr, player=FakePlayer)
    with closing(made) as voice:  # at once: nobody plays on what was said
        voice.say("Let your arms hang")
        ends = time.monotonic() + 10
        while not speech.spoken and time.monotonic() < ends:
            time.sleep(0.005)
    assert speech.spoken == [said]
