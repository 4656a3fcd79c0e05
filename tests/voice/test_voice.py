"""The coach's voice: what is said and left out, that it never keeps the loop waiting, and that silence is reported once."""

import io
import json
import shutil
import subprocess
import sys
import threading
import time
import wave
from types import SimpleNamespace

import numpy as np
import pytest
from fakes.voice import FakePlayer, FakeSynthesizer, FakeVoice

from posturecam.coach.cues import ChimeKind
from posturecam.config.resources import python_command
from posturecam.config.settings import VoiceSettings
from posturecam.voice.chimes import chime_sound
from posturecam.voice.mixer import Mixer
from posturecam.voice.sound import RATE, Sound
from posturecam.voice.speech import Silence, SystemVoice, open_voice
from posturecam.voice.synthesis import SayCommand, SpeakingProcess, VoiceProblem, choose_say_voice, read_wave
from posturecam.voice.worker import choose
from posturecam.voice.worker import main as speak_into_files

SETTINGS = VoiceSettings()


def hum(seconds, rate=RATE, level=0.5):
    return Sound(np.full(round(seconds * rate), level, np.float32), rate)


def eventually(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


class Stuck(FakeSynthesizer):
    """Speech that does not come before the gate is open."""

    def __init__(self, gate):
        super().__init__()
        self.gate, self.begun = gate, threading.Event()

    def __call__(self, text):
        self.begun.set()
        self.gate.wait(5)
        return super().__call__(text)


class Stage:
    """A voice with fake speech and a fake loudspeaker that a test advances by hand."""

    def __init__(self, settings=SETTINGS, synthesizer=None):
        self.synthesizer = synthesizer or FakeSynthesizer()
        self.players = []
        self.voice = SystemVoice(settings, synthesizer=lambda _: self.synthesizer, player=self.open_player)
        eventually(lambda: self.players)
        self.mixer = self.voice.mixer

    def open_player(self, mixer):
        self.players.append(FakePlayer(mixer))
        return self.players[-1]

    def play(self, seconds):
        return self.mixer.pull(round(seconds * RATE))


@pytest.fixture
def stage():
    made = Stage()
    yield made
    made.voice.close()


# Sounds and their mixing.


def test_the_mixer_is_silent_until_something_is_said_and_after_it():
    mixer = Mixer()
    assert not mixer.pull(100).any()
    mixer.speak(hum(0.01))
    assert mixer.speaking == pytest.approx(0.01)
    played = mixer.pull(882)
    assert played[:441].all()
    assert not played[441:].any()
    assert mixer.speaking == 0


def test_speech_and_chimes_sound_together_and_never_beyond_full_scale():
    mixer = Mixer()
    mixer.speak(hum(0.01, level=0.7))
    mixer.ring(hum(0.01, level=0.7))
    assert mixer.pull(10).tolist() == [32767] * 10


def test_the_volume_holds_for_everything():
    mixer = Mixer(volume=0.5)
    mixer.speak(hum(0.01, level=0.5))
    assert mixer.pull(1)[0] == pytest.approx(0.25 * 32767, abs=1)


def test_new_words_replace_those_being_said_without_a_click():
    mixer = Mixer()
    mixer.speak(hum(1.0, level=0.8))
    mixer.pull(1000)
    mixer.speak(Sound(np.zeros(RATE, np.float32)))
    played = mixer.pull(RATE).astype(int)
    assert np.abs(np.diff(played)).max() < 100  # faded, not cut
    assert not played[round(0.03 * RATE) :].any()


def test_hushed_is_hushed():
    mixer = Mixer()
    mixer.speak(hum(1.0))
    mixer.ring(chime_sound(ChimeKind.END))
    mixer.hush()
    mixer.pull(round(0.03 * RATE))
    assert not mixer.pull(RATE).any()


def test_a_sound_keeps_its_length_and_pitch_at_another_rate():
    t = np.arange(22050) / 22050
    sound = Sound(np.sin(2 * np.pi * 440 * t).astype(np.float32), 22050).at(RATE)
    assert sound.seconds == pytest.approx(1.0)
    assert np.argmax(np.abs(np.fft.rfft(sound.samples))) == 440


def test_the_silence_around_words_is_cut_off():
    words = Sound(np.concatenate([np.zeros(RATE), np.full(RATE, 0.3), np.zeros(RATE)]).astype(np.float32))
    assert words.trimmed().seconds == pytest.approx(1.02, abs=0.001)
    assert Sound(np.zeros(10, np.float32)).trimmed().seconds > 0


def test_a_sound_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"got \(2, 3\)"):
        Sound(np.zeros((2, 3), np.float32))


@pytest.mark.parametrize("chime", ChimeKind)
def test_every_chime_begins_and_ends_softly_and_is_short(chime):
    samples = chime_sound(chime).samples
    assert 0.2 < np.abs(samples).max() <= 0.351
    assert abs(samples[0]) < 1e-3
    assert np.abs(samples[-50:]).max() < 0.01
    assert chime_sound(chime).seconds < 1.5


def test_the_chimes_differ():
    assert len({chime_sound(chime).samples.tobytes() for chime in ChimeKind}) == len(ChimeKind)


# What is said, and when.


def test_words_are_spoken(stage):
    stage.voice.say("Stay still")
    eventually(lambda: stage.mixer.speaking > 0)
    assert stage.play(0.1).any()


def test_saying_never_waits_for_the_speech():
    gate = threading.Event()
    stage = Stage(synthesizer=Stuck(gate))
    began = time.perf_counter()
    for number in range(1000):
        stage.voice.say(str(number))
        stage.voice.chime(ChimeKind.TICK)
    spent = time.perf_counter() - began
    gate.set()
    stage.voice.close()
    assert spent < 1.0  # a thousand of them; the speech was blocked the whole time


def test_of_words_that_wait_only_the_newest_are_said():
    gate = threading.Event()
    stage = Stage(synthesizer=Stuck(gate))
    for text in ("one", "two", "three"):
        stage.voice.say(text)
        time.sleep(0.02)
    gate.set()
    eventually(lambda: "three" in stage.synthesizer.spoken and stage.mixer.speaking > 0)
    stage.voice.close()
    assert "two" not in stage.synthesizer.spoken
    assert stage.mixer.speaking == pytest.approx(0.1 * len("three"), abs=0.02)


def test_words_wait_for_those_being_said(stage):
    stage.voice.say("first words")
    eventually(lambda: stage.mixer.speaking > 0)
    stage.voice.say("then")
    eventually(lambda: "then" in stage.synthesizer.spoken)
    time.sleep(0.1)
    assert stage.mixer.speaking == pytest.approx(1.1)  # nothing has played it
    stage.play(1.1)
    eventually(lambda: stage.mixer.speaking > 0)
    assert stage.mixer.speaking == pytest.approx(0.4)


def test_words_that_interrupt_do_not_wait(stage):
    stage.voice.say("a long explanation")
    eventually(lambda: stage.mixer.speaking > 0)
    stage.voice.say("stop", interrupts=True)
    eventually(lambda: stage.mixer.speaking == pytest.approx(0.4))


def test_a_number_that_would_come_too_late_is_left_out(stage):
    stage.voice.say("a correction")
    eventually(lambda: stage.mixer.speaking > 0)
    stage.voice.say("six", lateness=0.05)
    time.sleep(0.3)
    stage.play(5)
    time.sleep(0.1)
    assert stage.mixer.speaking == 0
    stage.voice.say("seven", lateness=1)
    eventually(lambda: stage.mixer.speaking > 0)


def test_a_number_whose_speech_takes_too_long_is_left_out_too():
    gate = threading.Event()
    stage = Stage(synthesizer=Stuck(gate))
    stage.voice.say("six", lateness=0.05)
    assert stage.synthesizer.begun.wait(20)
    time.sleep(0.1)
    gate.set()
    stage.voice.prepare(["seven"])
    eventually(lambda: "seven" in stage.synthesizer.spoken)
    assert stage.mixer.speaking == 0
    stage.voice.close()


def test_what_was_prepared_comes_without_being_made_again(stage):
    stage.voice.prepare(["one", "two"])
    eventually(lambda: stage.synthesizer.spoken == ["one", "two"])
    stage.voice.say("two")
    eventually(lambda: stage.mixer.speaking > 0)
    assert stage.synthesizer.spoken == ["one", "two"]


def test_words_to_say_come_before_words_to_prepare():
    gate = threading.Event()
    stage = Stage(synthesizer=Stuck(gate))
    stage.voice.prepare(["a", "b", "c", "d"])
    assert stage.synthesizer.begun.wait(5)
    stage.voice.say("now")
    gate.set()
    eventually(lambda: len(stage.synthesizer.spoken) == 5)
    stage.voice.close()
    assert stage.synthesizer.spoken[1] == "now"


def test_muting_silences_at_once_and_nothing_is_said_afterwards(stage):
    stage.voice.say("a long explanation")
    eventually(lambda: stage.mixer.speaking > 0)
    stage.voice.mute(True)
    stage.play(0.03)
    stage.voice.say("not this")
    stage.voice.chime(ChimeKind.END)
    time.sleep(0.05)
    assert not stage.play(1).any()
    stage.voice.mute(False)
    stage.voice.say("but this")
    eventually(lambda: stage.mixer.speaking > 0)


def test_closing_may_let_the_last_words_end(stage):
    stage.voice.say("well done")
    done = threading.Thread(target=lambda: stage.voice.close(finish=True))
    done.start()
    eventually(lambda: stage.mixer.speaking > 0)
    assert not stage.players[0].closed
    stage.play(1)
    done.join(3)
    eventually(lambda: stage.players[0].closed)
    assert stage.synthesizer.closed


def test_speech_and_chimes_can_each_be_switched_off():
    stage = Stage(VoiceSettings(speech=False))
    stage.voice.say("nothing")
    stage.voice.chime(ChimeKind.START)
    time.sleep(0.05)
    assert stage.synthesizer.spoken == []
    assert stage.play(0.5).any()
    stage.voice.close()
    stage = Stage(VoiceSettings(chimes=False))
    stage.voice.chime(ChimeKind.START)
    assert not stage.play(0.5).any()
    stage.voice.close()


def test_no_sound_wanted_is_no_sound_opened():
    assert isinstance(open_voice(VoiceSettings(volume=0)), Silence)
    assert isinstance(open_voice(VoiceSettings(speech=False, chimes=False)), Silence)


# Where there is no voice or no sound.


def refuse(*_):
    raise VoiceProblem("the system has no speech engine; install the package espeak-ng")


def test_without_a_voice_it_is_said_once_and_chimes_continue():
    players = []
    voice = SystemVoice(SETTINGS, synthesizer=refuse, player=lambda m: players.append(FakePlayer(m)) or players[-1])
    for _ in range(5):
        voice.say("anybody?")
    told = []
    eventually(lambda: told.extend(voice.news()) or told)
    voice.say("anybody?")
    voice.chime(ChimeKind.START)
    time.sleep(0.05)
    assert told == [
        "There is no voice: the system has no speech engine; install the package espeak-ng. Chimes and the instructions on the screen continue."
    ]
    assert list(voice.news()) == []
    assert voice.mixer.pull(RATE).any()
    voice.close()


@pytest.mark.parametrize(
    "problem", [VoiceProblem("this computer has no sound output"), RuntimeError("driver"), OSError()]
)
def test_without_a_loudspeaker_it_is_said_once_and_nothing_else_changes(problem):
    def broken(_):
        raise problem

    voice = SystemVoice(SETTINGS, synthesizer=lambda _: FakeSynthesizer(), player=broken)
    told = []
    eventually(lambda: told.extend(voice.news()) or told)
    voice.say("words")
    voice.chime(ChimeKind.START)
    voice.prepare(["more"])
    voice.mute(True)
    voice.hush()
    voice.close()
    assert len(told) == 1
    assert told[0].startswith("There is no sound: ")
    assert list(voice.news()) == []


def test_speech_that_fails_is_started_again_once_and_then_given_up():
    opened = []

    def again(_):
        opened.append(FakeSynthesizer(fails_on=lambda text: True))
        return opened[-1]

    voice = SystemVoice(SETTINGS, synthesizer=again, player=FakePlayer)
    told = []
    for _ in range(4):
        voice.say("words")
        time.sleep(0.05)
    eventually(lambda: told.extend(voice.news()) or told)
    voice.close()
    assert len(opened) == 2
    assert all(one.closed for one in opened)
    assert len(told) == 1
    assert "told to fail" in told[0]


def test_the_silent_and_the_fake_voice_take_everything():
    for voice in (Silence(), FakeVoice(["once"])):
        voice.prepare(["a"])
        voice.say("a", interrupts=True, lateness=1.0)
        voice.chime(ChimeKind.END)
        voice.hush()
        list(voice.news())
        assert list(voice.news()) == []
        voice.mute(True)
        voice.say("b")
        assert voice.muted
        voice.close(finish=True)
    assert voice.said == ["a"]
    assert voice.rung == [ChimeKind.END]


# The speaking process.


def worker(tmp_path, body):
    script = tmp_path / "worker.py"
    script.write_text(f"import json, sys, time\n{body}")
    return sys.executable, str(script)


OK = "print(json.dumps({'ok': True}), flush=True)\n"


def test_speech_that_hangs_is_given_up_in_time(tmp_path):
    command = worker(tmp_path, f"sys.stdin.readline()\n{OK}time.sleep(60)")
    speech = SpeakingProcess(VoiceSettings(patience=3), command)  # a busy computer takes a while to start it
    began = time.monotonic()
    with pytest.raises(VoiceProblem, match="does not answer within 3 s"):
        speech("hello")
    speech.close()
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("sys.exit(3)", "stopped unexpectedly"),
        ("sys.stdin.readline()\nprint(json.dumps({'error': 'no such voice'}), flush=True)", "no such voice"),
        ("sys.stdin.readline()\nprint(json.dumps({'error': 'libespeak.so.1: cannot open'}), flush=True)", "espeak-ng"),
        (
            "sys.stdin.readline()\nprint(json.dumps({'error': \"No module named 'pyttsx3'\"}), flush=True)",
            "install posturecam again",
        ),
    ],
)
def test_speech_that_cannot_begin_says_why(tmp_path, body, words):
    with pytest.raises(VoiceProblem, match=words):
        SpeakingProcess(VoiceSettings(patience=60), worker(tmp_path, body))


def test_speech_that_ends_or_writes_nothing_is_a_problem_and_not_a_crash(tmp_path):
    speech = SpeakingProcess(VoiceSettings(patience=60), worker(tmp_path, f"sys.stdin.readline()\n{OK}sys.exit()"))
    with pytest.raises(VoiceProblem, match=r"stopped|ended"):
        speech("hello")
    speech.close()
    body = f"sys.stdin.readline()\n{OK}sys.stdin.readline()\n{OK}time.sleep(9)"
    speech = SpeakingProcess(VoiceSettings(patience=60), worker(tmp_path, body))
    with pytest.raises(VoiceProblem, match="wrote no sound"):
        speech("hello")
    speech.close()


def test_a_missing_program_is_a_problem_and_not_a_crash():
    with pytest.raises(VoiceProblem, match="does not start"):
        SpeakingProcess(SETTINGS, ("/no/such/program",))


@pytest.mark.skipif(not shutil.which("espeak-ng") or sys.platform != "linux", reason="espeak-ng is not installed")
def test_the_system_speaks():
    speech = SpeakingProcess(VoiceSettings(patience=60))
    short, long = speech("One"), speech("Let your head hang toward your stomach — über den Bauch")
    speech.close()
    assert 0.2 < short.seconds < 0.9
    assert 1.5 < long.seconds < 6
    assert np.abs(long.samples).max() > 0.1


@pytest.mark.skipif(not shutil.which("espeak-ng") or sys.platform != "linux", reason="espeak-ng is not installed")
def test_a_voice_that_is_not_there_is_named():
    with pytest.raises(VoiceProblem, match="no voice is named 'Nobody'"):
        SpeakingProcess(VoiceSettings(name="Nobody", patience=60))


# Which voice.


def one(name, *languages):
    return SimpleNamespace(id=f"id/{name}", name=name, languages=list(languages))


def test_the_systems_own_voice_speaks_where_it_speaks_english():
    voices = [one("Anna", "de-DE"), one("Alex", "en-US"), one("Daniel", "en-GB")]
    assert choose(voices, "id/Daniel", "") is None
    assert choose(voices, "id/Anna", "") == "id/Alex"
    assert choose(voices[:1], "id/Anna", "") is None  # better than nothing
    assert choose([one("Unknown")], "id/Unknown", "") is None
    assert choose(voices, "id/Alex", "dani") == "id/Daniel"
    with pytest.raises(LookupError, match="'Bob'"):
        choose(voices, None, "Bob")


SAY = """Alice               it_IT    # Ciao! Mi chiamo Alice.
Bad News            en_US    # Hello! My name is Bad News.
Eddy (English (UK)) en_GB    # Hello! My name is Eddy.
Samantha            en_US    # Hello! My name is Samantha.
"""


def test_the_voice_of_the_command_say():
    assert choose_say_voice(SAY, "", "en_GB") == (None, "en")
    assert choose_say_voice(SAY, "", "de_DE") == ("Bad News", "en")
    assert choose_say_voice(SAY, "eddy", "de_DE") == ("Eddy (English (UK))", "en")
    with pytest.raises(VoiceProblem, match="'Bob'"):
        choose_say_voice(SAY, "Bob", "en_US")


def test_the_command_say_is_asked_for_a_sound_file(tmp_path):
    """With a stand-in for macOS's command, which cannot run elsewhere."""
    stand_in = tmp_path / "say"
    log = tmp_path / "asked.json"
    stand_in.write_text(
        f"#!{sys.executable}\nimport json, sys, wave\n"
        "if '?' in sys.argv: print('Samantha  en_US  # Hello')\n"
        f"else:\n json.dump(sys.argv[1:], open({str(log)!r}, 'w'))\n"
        " w = wave.open(sys.argv[sys.argv.index('-o') + 1], 'wb'); w.setparams((1, 2, 22050, 0, 'NONE', ''))\n"
        " w.writeframes(b'\\x00\\x20' * 22050); w.close()\n"
    )
    stand_in.chmod(0o755)
    speech = SayCommand(VoiceSettings(name="samantha"), str(stand_in))
    assert speech("Hello").seconds == pytest.approx(1.0)
    asked = json.loads(log.read_text())
    assert asked[:4] == ["-v", "Samantha", "-r", "160"]
    assert asked[-3:] == ["--file-format=WAVE", "--data-format=LEI16@22050", "Hello"]
    speech.close()


def test_only_sound_of_16_bits_is_taken(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(b"abc")
    with pytest.raises(VoiceProblem, match="8-bit"):
        read_wave(tmp_path / "a.wav")


def test_stereo_is_mixed_down(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(np.array([[16384, 0]] * 800, "<i2").tobytes())
    assert read_wave(tmp_path / "a.wav").samples.max() == pytest.approx(0.25)


def test_a_file_with_the_name_of_a_module_does_not_break_the_speaking_process(tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong module')")
    done = subprocess.run(
        python_command("posturecam.voice.worker"), cwd=tmp_path, input="", capture_output=True, text=True, timeout=60
    )
    assert "the wrong module" not in done.stderr
    assert json.loads(done.stdout.splitlines()[0])


class FakeEngine:
    """The speech of pyttsx3, without a sound."""

    def __init__(self, *voices):
        self.properties = {"voices": list(voices), "voice": voices[0].id} if voices else {"voices": None, "voice": ""}
        self.waiting, self.saved = [], []

    def getProperty(self, name):
        return self.properties[name]

    def setProperty(self, name, value):
        self.properties[name] = value

    def save_to_file(self, text, path):
        if "broken" in text:
            raise OSError(5, "Input/output error")
        self.waiting.append((text, path))

    def runAndWait(self):
        self.saved += self.waiting
        self.waiting.clear()
        print("saved")  # pyttsx3 does so too


@pytest.fixture
def asked_to_speak(monkeypatch, capsys):
    """Have the speaking process answer these requests, in this process, and return its answers."""

    def asking(engine, *requests):
        lines = "".join(json.dumps(request) + "\n" for request in requests)
        monkeypatch.setitem(sys.modules, "pyttsx3", SimpleNamespace(init=lambda: engine))
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        monkeypatch.setattr(sys, "stdout", sys.stdout)  # the process sends what others print to standard error
        speak_into_files()
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return asking


def test_the_speaking_process_answers_every_request_whatever_its_engine_prints_and_raises(asked_to_speak):
    engine = FakeEngine(one("Anna", "de-DE"), one("Alex", "en-US"))
    asked = [{"text": text, "path": f"{text}.wav"} for text in ("One", "broken", "Two")]
    began, *answers = asked_to_speak(engine, {"rate": 120, "language": "en"}, *asked)
    assert began == {"ok": True, "language": "en"}
    assert [answer.get("ok", False) for answer in answers] == [True, False, True]
    assert "Input/output error" in answers[1]["error"]
    assert engine.saved == [("One", "One.wav"), ("Two", "Two.wav")]
    assert (engine.properties["voice"], engine.properties["rate"]) == ("id/Alex", 120)


@pytest.mark.parametrize(("wanted", "voice", "speaks"), [
    ({"language": "de"}, "id/Anna", "de"),
    ({"language": "zh"}, "id/Tingting", "zh"),
    ({"language": "es"}, "id/Anna", "en"),  # nobody speaks it, and Anna names English too
    ({"language": "de", "voice": "tingting"}, "id/Tingting", "en"),
])  # fmt: skip
def test_the_speaking_process_says_in_which_language_its_voice_speaks(asked_to_speak, wanted, voice, speaks):
    engine = FakeEngine(one("Anna", "de-DE", "en-GB"), one("Tingting", "cmn-CN"))
    assert asked_to_speak(engine, wanted) == [{"ok": True, "language": speaks}]
    assert engine.properties["voice"] == voice


def test_a_system_that_names_no_voices_speaks_english_at_the_usual_speed(asked_to_speak):
    engine = FakeEngine()
    assert asked_to_speak(engine, {}) == [{"ok": True, "language": "en"}]
    assert engine.properties == {"voices": None, "voice": "", "rate": VoiceSettings().words_a_minute}


def test_the_speaking_process_names_a_voice_that_is_not_there(asked_to_speak):
    (answer,) = asked_to_speak(FakeEngine(one("Anna", "de-DE")), {"voice": "Bob"}, {"text": "Hello", "path": "a.wav"})
    assert answer == {"error": "no voice is named 'Bob'", "unknown_voice": "Bob"}
