"""Every text in every language, from one catalog; texts built from words and numbers are found by their template."""

import ast
import pickle
import re
import shutil
import string
import time
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes.voice import FakePlayer, FakeSynthesizer
from moments import BASELINE

import posturecam
from posturecam import errors
from posturecam.alerts.text import amount_of
from posturecam.coach.cues import phrases
from posturecam.coach.library import load_library
from posturecam.coach.session_summary import Lacking
from posturecam.config.declarations import entries
from posturecam.config.settings import Settings, VoiceSettings
from posturecam.errors import CameraError
from posturecam.history.models import PAUSES
from posturecam.i18n import translate as texts
from posturecam.i18n.languages import LANGUAGES as ALL_LANGUAGES
from posturecam.i18n.message import Message, Verbatim, unbroken
from posturecam.i18n.translate import choose_language, in_percent, joined, percent, quantity, tr, trn
from posturecam.i18n.words import CLAUSES, EXPLAINED, HEADED, SHORT_SENTENCES, STATEMENTS, THINGS
from posturecam.posture.measures import Name
from posturecam.posture.reading import no_person
from posturecam.posture.reasons import TEXTS, Reason, Why
from posturecam.posture.view import View
from posturecam.session.guided_calibration import verdict
from posturecam.vision.pose import Landmark
from posturecam.vision.sources.camera import PLUGGED_IN
from posturecam.vision.sources.network import AT_AN_ADDRESS
from posturecam.voice.speech import SystemVoice
from posturecam.voice.synthesis import VoiceProblem, choose_say_voice
from posturecam.voice.worker import choose

PACKAGE = Path(posturecam.__file__).parent
LANGUAGES = [code for code in ALL_LANGUAGES if code != "en"]


# The files.


@pytest.fixture(scope="module")
def tool():
    pytest.importorskip("babel")
    pytest.importorskip("PySide6")
    from tools import texts as tool

    return tool


def test_every_text_is_in_every_language(tool):
    assert list(tool.problems()) == []


def test_every_language_can_be_chosen_in_the_settings():
    (choices,) = [entry.choices for entry in entries(Settings()) if entry.key == "desktop.language"]
    assert [one for one in choices if one] == list(ALL_LANGUAGES)


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
def test_a_translation_that_would_break_is_reported(tool, original, translated, wrong):
    from babel.messages.catalog import Message

    found = list(tool.problems_of(Message(original), Message(original, translated), 2))
    assert bool(found) is wrong, found


def test_nothing_put_together_is_given_to_be_looked_up():
    """`tr(f"…")` is never found; `tr("… {x}").format(x=…)` is."""
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        for call in _calls(path, ("tr", "trn", "mark")):
            wrong += [f"{path.name}:{call.lineno}" for one in call.args if isinstance(one, ast.JoinedStr)]
    assert wrong == []


def test_what_joins_translated_texts_is_translated_too():
    """`", ".join(tr(one) for …)` puts a half-width comma and a space between Chinese words; `joined(THINGS, …)` does not."""
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        for call in _calls(path, ("join",)):
            between = call.func.value
            if not (isinstance(between, ast.Constant) and str(between.value).strip() in (",", ";", ":", ".", "–")):
                continue
            inside = {_called(one) for one in ast.walk(call) if isinstance(one, ast.Call)}
            wrong += (
                [f"{path.name}:{call.lineno}"] if inside & {"tr", "trn", "quantity", "percent", "in_percent"} else []
            )
    assert wrong == []


# Texts built from words and numbers.


def _templates():
    """All message templates, wherever they are: the place, the call and the template."""
    for path in PACKAGE.rglob("*.py"):
        for call in _calls(path, ("Message", "counted", *ERRORS)):
            for one in call.args[: 2 if _called(call) == "counted" else 1]:
                yield f"{path.relative_to(PACKAGE)}:{call.lineno}", call, one


ERRORS = [name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.Explained)]


def _called(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


@cache
def _all_calls(path):
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]


def _calls(path, names):
    return [call for call in _all_calls(path) if _called(call) in names]


def test_every_placeholder_is_filled_and_nothing_is_filled_in_before():
    """An f-string is never found in the catalog: its parts need names. Values that are not constants are checked elsewhere."""
    templates = list(_templates())
    assert len(templates) > 200
    assert [place for place, _, template in templates if isinstance(template, ast.JoinedStr)] == []
    for place, call, template in templates:
        if isinstance(template, ast.Constant):
            given = {keyword.arg for keyword in call.keywords}
            wanted = {name for _, name, _, _ in string.Formatter().parse(template.value) if name}
            if _called(call) == "counted":  # the number chooses the form, and may stand elsewhere
                wanted.add("number")
            assert wanted == given, place


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_text_in_every_language(language):
    choose_language(language)
    assert {code for code, _ in TEXTS} == set(Why)
    for template in TEXTS.values():
        assert template == "{problem}" or tr(template) != template
    for lacking in Lacking:
        assert tr(lacking.spoken) != lacking.spoken
    for words in PAUSES.values():
        assert tr(words) != words


def test_a_reason_without_a_text_is_refused_where_it_is_made():
    with pytest.raises(ValueError, match="no text"):
        Reason(Why.HEAD_TURNED, "sideways")


def test_a_message_is_its_english_text_and_knows_how_it_was_made():
    said = Message("{name} is {ratio:.1f} times nearer", name="{0} {x} Cam", ratio=1.62)
    assert said == "{0} {x} Cam is 1.6 times nearer"
    assert (said.template, said.parameters["ratio"]) == ("{name} is {ratio:.1f} times nearer", 1.62)
    assert Message("{} of {nothing}") == "{} of {nothing}"


def test_what_has_to_be_typed_is_the_same_in_every_language():
    choose_language("de")
    template = "There is no option {name}"
    assert tr(Message(template, name="history")) == "Es gibt keine Option Verlauf"
    assert tr(Message(template, name=Verbatim("history"))) == "Es gibt keine Option history"
    sent = pickle.loads(pickle.dumps(Message(template, name=Verbatim("history"))))
    assert tr(sent) == "Es gibt keine Option history"
    assert tr(Message(template, name=Verbatim("a\x1bb"))) == "Es gibt keine Option a b"


def test_a_message_without_one_of_its_parts_is_refused_where_it_is_made():
    with pytest.raises(KeyError):
        Message("{camera} stopped sending pictures", device="Cam")


def test_messages_and_errors_survive_being_sent_to_another_process():
    choose_language("de")
    error = pickle.loads(pickle.dumps(CameraError("{camera} stopped sending pictures", camera="Cam")))
    assert str(error) == "Cam stopped sending pictures"
    assert tr(error.text) == "Cam gibt keine Bilder mehr"


@pytest.mark.parametrize(
    "text",
    [
        Message(
            "There is no voice: {problem}. Chimes and the instructions on the screen continue.",
            problem="the system has no speech engine; install the package espeak-ng",
        ),
        Message(
            "There is no voice: {problem}. The instructions stay on the screen.",
            problem=VoiceProblem("the system's speech engine does not answer within {seconds:g} s", seconds=8.0).text,
        ),
        Message("Most of the time, {trouble}. Fix that first.", trouble="I cannot see your head and shoulders"),
        "Child's pose: with a cushion",
    ],
)
def test_no_english_is_left_in_a_text_of_several_parts(text):
    choose_language("de")
    left = set(re.findall(r"[a-z]{3,}", text.lower())) & set(re.findall(r"[a-z]{3,}", tr(text).lower()))
    assert left <= {"die", "espeak", "system"}


def test_what_was_learned_is_described_in_german():
    choose_language("de")
    said = tr(verdict(replace(BASELINE, view=View.SIDE_LEFT, separation=9.4, good=False)))
    assert "gesehen von links" in said
    assert "Du hast dich etwas bewegt" in said
    assert "deutlich anders" in said
    assert not re.search(r"fair|side|looks|slouch", said)


# As they are shown.


def test_a_reason_is_shown_in_german():
    choose_language("de")
    assert tr(Reason(Why.HEAD_TURNED, angle=31.6).text) == "dein Kopf ist um etwa 32° gedreht"
    assert tr(Reason(Why.NOT_SEEN, what="your left shoulder").text) == "Ich sehe deine linke Schulter nicht"
    assert tr(no_person(0.0).deviation.reason.text) == "ich sehe niemanden"
    assert Reason(Why.HEAD_TURNED, angle=31.6).text == "your head is turned by about 32°"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_landmark_and_view_is_named(language):
    choose_language(language)
    english = re.compile(r"\b(your|left|right|the|front|cannot)\b")
    for landmark in Landmark:
        assert not english.search(tr(Reason(Why.NOT_SEEN, what=f"your {landmark.spoken}").text))
    for view in View:
        assert not english.search(tr(Reason(Why.OTHER_VIEW, view=view, then=View.FRONT).text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_coach_says_is_translated(language):
    choose_language(language)
    for exercise in load_library().exercises:
        for text in phrases(exercise):
            assert text.isdecimal() or tr(text) != text or text in SAME, text


SAME = {"Cobra"}
"""The same word in another language."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("advice", [PLUGGED_IN, AT_AN_ADDRESS])
def test_the_cameras_troubles_are_translated(language, advice):
    choose_language(language)
    for text in (advice.lost, advice.silent, *advice.pictures.values()):
        assert tr(text) != text


def test_a_number_is_written_as_the_language_writes_it():
    told = ((4.5, "s", 1), (0.52, "shoulder widths", 2), (12.0, "°", 0))
    choose_language("es")
    assert [quantity(*one) for one in told] == ["4,5 s", "0,52 anchos de hombros", "12°"]
    assert tr(Message("{camera}: {value:.1f}", camera="Cam 2.0", value=1.5)) == "Cam 2.0: 1,5"
    choose_language("zh")
    assert quantity(4.5, "s", 1) == "4.5 秒"
    choose_language("en")
    assert [quantity(*one) for one in told] == ["4.5 s", "0.52 shoulder widths", "12°"]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ["72%", "< 1%", "84–99%", "14 cm"]),
        ("de", ["72 %", "< 1 %", "84–99 %", "14 cm"]),
        ("es", ["72 %", "< 1 %", "84–99 %", "14 cm"]),
        ("zh", ["72%", "< 1%", "84–99%", "14 厘米"]),
    ],
)
def test_percentages_and_units_are_written_as_the_language_writes_them(language, written):
    choose_language(language)
    amount = amount_of(Name.HEAD_DISTANCE, -14)
    assert amount is not None
    assert [percent(0.72), percent(0.001), in_percent("84–99"), tr(amount)] == written
    assert quantity(72, "%", 0) == written[0]


def test_no_line_ends_between_a_number_and_its_unit():
    told = "Goal: > 99 % of 3 h 20 min, 6 m (20 ft) away; 3 of 4 days, 5 more minutes"
    kept = "Goal: >_99_% of 3_h 20_min, 6_m (20_ft) away; 3 of 4 days, 5 more minutes"
    assert unbroken(told) == kept.replace("_", "\N{NO-BREAK SPACE}")
    assert unbroken("坐了 30 分钟") == "坐了 30\N{NO-BREAK SPACE}分钟"


def test_parts_are_joined_with_the_punctuation_of_the_language():
    parts = ["2 of 3 counted", "knees popping up"]
    told = {how: Message.joined(how, parts) for how in (THINGS, CLAUSES, STATEMENTS, HEADED, EXPLAINED)}
    assert told[CLAUSES] == "2 of 3 counted, knees popping up"
    choose_language("zh")
    first, second = map(tr, parts)
    assert [tr(one) for one in told.values()] == [f"{first}{one}{second}" for one in ("、", "，", "；", "：", "——")]
    assert joined(SHORT_SENTENCES, [first, second, first]) == f"{first}。{second}。{first}"
    assert tr(Message.joined(THINGS, parts[:1])) == first
    assert tr(Message.joined(THINGS, ())) == joined(THINGS, ()) == ""


@pytest.mark.parametrize("braces", ["{0}", "{thing}", "{"])
def test_what_is_joined_may_have_braces(braces):
    choose_language("zh")
    assert joined(THINGS, [braces, "Cam"]) == tr(Message.joined(THINGS, [braces, "Cam"])) == f"{braces}、Cam"


def test_singular_and_plural_differ():
    choose_language("de")
    assert trn("about {number} minute", "about {number} minutes", 1) == "etwa 1 Minute"
    assert trn("about {number} minute", "about {number} minutes", 3) == "etwa 3 Minuten"
    reminders = "{number} reminder", "{number} reminders"
    assert Message.counted(*reminders, number=1) == "1 reminder"
    told = [tr(Message.counted(*reminders, number=number)) for number in (1, 4)]
    assert told == ["1 Hinweis", "4 Hinweise"]
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
    turned = Reason(Why.HEAD_TURNED, angle=32).text
    choose_language("de")
    german = tr(turned)
    choose_language("es")
    assert tr(turned) not in (german, turned)
    choose_language("en")
    assert tr(turned) == "your head is turned by about 32°"


@pytest.mark.parametrize("damage", [None, b"", b"nonsense", "cut"])
def test_a_missing_or_damaged_catalog_leaves_english(tmp_path, monkeypatch, damage):
    shutil.copytree(texts.FOLDER, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
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
def test_the_coach_speaks_the_language_of_its_voice(speaks, said):
    speech = FakeSynthesizer()
    speech.language = speaks
    choose_language("de")
    made = SystemVoice(VoiceSettings(), synthesizer=lambda _: speech, language="de", translate=tr, player=FakePlayer)
    with closing(made) as voice:  # at once: nothing plays what was said
        voice.say("Let your arms hang")
        ends = time.monotonic() + 10
        while not speech.spoken and time.monotonic() < ends:
            time.sleep(0.005)
    assert speech.spoken == [said]
