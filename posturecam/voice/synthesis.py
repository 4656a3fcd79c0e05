"""Words to sound, with the operating system's own voice: offline, and with nothing to download.

Linux and Windows speak through pyttsx3 (espeak-ng, SAPI) in a process of its own; macOS through its own command `say`, as
pyttsx3 would bring all of PyObjC and writes a format that Python no longer reads.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import tempfile
import threading
import wave
from pathlib import Path
from typing import Protocol

import numpy as np

from posturecam.settings import VoiceSettings
from posturecam.voice.sound import Samples, Sound


class VoiceProblem(Exception):
    """There is no speech or no sound; the message completes "there is no voice: …" and says what to do."""


class Synthesiser(Protocol):
    """Turns words into sound. May take a while; it is called from a thread of its own."""

    def __call__(self, text: str) -> Sound:
        """The words as a sound.

        Raises:
            VoiceProblem: if they cannot be spoken.
        """

    def close(self) -> None:
        """Let go of what it holds."""


def open_synthesiser(settings: VoiceSettings) -> Synthesiser:
    """This system's own voice.

    Raises:
        VoiceProblem: if it has none.
    """
    return SayCommand(settings) if sys.platform == "darwin" else SpeakingProcess(settings)


class SpeakingProcess:
    """pyttsx3 in a process of its own, which is ended when it does not answer in time."""

    def __init__(self, settings: VoiceSettings, command: tuple[str, ...] | None = None) -> None:
        """Start the process and wait until it can speak.

        Args:
            settings: the voice, its speed, and how long to wait for it.
            command: what to run instead, for tests.

        Raises:
            VoiceProblem: if there is no voice.

        """
        self._settings = settings
        self._folder = tempfile.TemporaryDirectory(prefix="posturecam-voice-", ignore_cleanup_errors=True)
        self._spoken = 0
        command = command or (sys.executable, "-m", "posturecam.voice.worker")
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                start_new_session=True,  # Ctrl-C is for the session to handle, not for its voice
            )
        except OSError as problem:
            self._folder.cleanup()
            raise VoiceProblem(f"the speaking process does not start ({problem})") from problem
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="posturecam-voice-answers", daemon=True).start()
        try:
            self._ask({"voice": settings.name, "rate": round(settings.words_a_minute)})
        except VoiceProblem as problem:
            self.close()
            raise VoiceProblem(_with_advice(str(problem))) from problem

    def __call__(self, text: str) -> Sound:
        """The words as a sound.

        Raises:
            VoiceProblem: if they cannot be spoken, or not in time.
        """
        self._spoken += 1
        path = Path(self._folder.name) / f"{self._spoken}.wav"
        self._ask({"text": text, "path": str(path)})
        try:
            return read_wave(path)
        finally:
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # what was still to be written has no reader any more
                    stream.close()
        self._folder.cleanup()

    def _ask(self, request: dict[str, object]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer = self._answers.get(timeout=self._settings.patience)
        except queue.Empty:
            raise VoiceProblem(f"the system's speech does not answer within {self._settings.patience:g} s") from None
        except (OSError, ValueError) as problem:
            raise VoiceProblem(f"the system's speech has ended ({problem})") from problem
        if not answer:
            raise VoiceProblem("the system's speech ended by itself")
        error = json.loads(answer).get("error")
        if error:
            raise VoiceProblem(str(error).rstrip("."))

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError):  # closed while reading
            for line in self._process.stdout:
                self._answers.put(line)
        self._answers.put("")


class SayCommand:
    """The command `say` of macOS, which writes what it says to a file."""

    def __init__(self, settings: VoiceSettings, command: str = "say") -> None:
        """Choose the voice.

        Raises:
            VoiceProblem: if there is no such command or no such voice.
        """
        self._settings, self._command = settings, command
        self._folder = tempfile.TemporaryDirectory(prefix="posturecam-voice-", ignore_cleanup_errors=True)
        try:
            listed = self._run("-v", "?")
            self._voice = choose_say_voice(listed, settings.name, _system_language())
        except VoiceProblem:
            self.close()
            raise

    def __call__(self, text: str) -> Sound:
        """The words as a sound.

        Raises:
            VoiceProblem: if they cannot be spoken, or not in time.
        """
        path = Path(self._folder.name) / "said.wav"
        voice = ("-v", self._voice) if self._voice else ()
        rate = str(round(self._settings.words_a_minute))
        self._run(*voice, "-r", rate, "-o", str(path), "--file-format=WAVE", "--data-format=LEI16@22050", text)
        return read_wave(path)

    def close(self) -> None:
        """Remove the folder of what was said."""
        self._folder.cleanup()

    def _run(self, *arguments: str) -> str:
        try:
            done = subprocess.run(
                [self._command, *arguments],
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=self._settings.patience,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            raise VoiceProblem(f"the command 'say' does not answer within {self._settings.patience:g} s") from None
        except OSError as problem:
            raise VoiceProblem(f"the command 'say' cannot be run ({problem})") from problem
        if done.returncode:
            raise VoiceProblem(f"the command 'say' failed ({' '.join(done.stderr.split()) or done.returncode})")
        return done.stdout


def choose_say_voice(listed: str, wanted: str, language: str) -> str | None:
    """The voice to name to `say`, or None for the system's own.

    Args:
        listed: what `say -v ?` prints: a voice a line, as "Name with spaces   en_US    # a sentence".
        wanted: a part of a voice's name; empty takes the system's own where the system speaks English, else the first that does.
        language: the system's own language, such as "de_DE".

    Raises:
        VoiceProblem: if no voice has the wanted name.

    """
    voices = []
    for line in listed.splitlines():
        words = line.partition("#")[0].split()
        if len(words) >= 2:
            voices.append((" ".join(words[:-1]), words[-1]))
    if wanted:
        for name, _ in voices:
            if wanted.lower() in name.lower():
                return name
        raise VoiceProblem(f"no voice is named '{wanted}'; see them all with: say -v '?'")
    if language.lower().startswith("en") or not language:
        return None
    return next((name for name, speaks in voices if speaks.lower().startswith("en")), None)


def _system_language() -> str:
    try:
        told = subprocess.run(
            ["defaults", "read", "-g", "AppleLocale"], capture_output=True, text=True, timeout=2, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.strip()


def read_wave(path: Path) -> Sound:
    """A WAV file of 16 bits as a sound, with the silence at its ends cut off.

    Raises:
        VoiceProblem: if there is no such file, or nothing in it.
    """
    try:
        with wave.open(str(path), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as problem:
        raise VoiceProblem(f"the system's speech wrote no sound ({problem})") from problem
    if width != 2 or not raw:
        raise VoiceProblem(f"the system's speech wrote {len(raw)} bytes of {8 * width} bits, not a sound of 16 bits")
    samples: Samples = np.frombuffer(raw, "<i2").reshape(-1, channels).mean(axis=1).astype(np.float32) / 32768
    return Sound(samples, rate).trimmed()


def _with_advice(problem: str) -> str:
    if "espeak" in problem.lower():
        return "the system has no speech; install the package espeak-ng"
    if "pyttsx3" in problem:
        return "the package pyttsx3 is missing; run: pip install --force-reinstall posturecam"
    return problem
