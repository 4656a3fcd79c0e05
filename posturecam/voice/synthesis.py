"""Turns words into sound with the operating system's own voice: offline, and without downloads.

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
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np

from posturecam.config import log_file
from posturecam.config.reading import reason, remedy
from posturecam.config.resources import python_command
from posturecam.config.settings import VoiceSettings
from posturecam.errors import Explained
from posturecam.i18n.words import mark
from posturecam.voice.sound import Samples, Sound

_SLOWEST, _FASTEST = 1000, 400_000
"""Plausible sample rates of a sound, Hz: telephones have 8000, studios 192 000."""


class VoiceProblem(Explained):
    """There is no speech or no sound; the message completes "there is no voice: …" and says what to do."""


class EmptySound(VoiceProblem):
    """The system's speech wrote a file with nothing in it."""


class Synthesizer(Protocol):
    """Turns words into sound. May take a while; it is called from a thread of its own."""

    language: str
    """The language it speaks: the wanted one, or "en" if there is no voice for that."""

    def __call__(self, text: str) -> Sound:
        """The words as a sound.

        Raises:
            VoiceProblem: if they cannot be spoken.
        """

    def close(self) -> None:
        """Release its resources."""


def open_synthesizer(settings: VoiceSettings, language: str = "en") -> Synthesizer:
    """Open this system's own voice, in this language ("de") if there is one.

    Raises:
        VoiceProblem: if it has none.
    """
    if sys.platform == "darwin":
        return SayCommand(settings, language=language)
    return SpeakingProcess(settings, language=language)


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for the sound files, which is removed at the end.

    Raises:
        VoiceProblem: if there is nowhere to make one, as on a full disk.
    """
    try:
        return tempfile.TemporaryDirectory(prefix="posturecam-voice-", ignore_cleanup_errors=True)
    except OSError as problem:
        raise VoiceProblem(
            "no temporary file can be written ({problem}); {remedy}", problem=reason(problem), remedy=remedy(problem)
        ) from problem


class SpeakingProcess:
    """pyttsx3 in a process of its own, which is ended when it does not answer in time."""

    def __init__(
        self, settings: VoiceSettings, command: tuple[str, ...] | None = None, *, language: str = "en"
    ) -> None:
        """Start the process and wait until it can speak.

        Args:
            settings: the voice, its speed, and how long to wait for it.
            command: replaces the command in tests.
            language: the language to speak, such as "de".

        Raises:
            VoiceProblem: if there is no voice.
        """
        self._settings = settings
        self._folder = _temporary_folder()
        self._spoken = 0
        command = command or python_command("posturecam.voice.worker")
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if log_file.takes_stderr() else subprocess.DEVNULL,  # inherits the log, where there is one
                text=True,
                encoding="utf-8",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                start_new_session=True,  # Ctrl-C is for the session to handle, not for its voice
            )
        except OSError as problem:
            self._folder.cleanup()
            raise VoiceProblem("the speech process does not start ({problem})", problem=reason(problem)) from problem
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="posturecam-voice-answers", daemon=True).start()
        try:
            asked = {"voice": settings.name, "rate": round(settings.words_a_minute), "language": language}
            self.language = str(self._ask(asked).get("language", "en"))
        except VoiceProblem as problem:
            self.close()
            raise VoiceProblem(_with_advice(problem.text)) from problem

    def __call__(self, text: str) -> Sound:
        """The words as a sound.

        Raises:
            VoiceProblem: if they cannot be spoken, or not in time.
        """
        try:
            return self._written(text)
        except EmptySound:  # espeak-ng writes an empty file about once in a hundred times; a retry succeeds
            return self._written(text)

    def _written(self, text: str) -> Sound:
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
                with contextlib.suppress(OSError):  # nobody reads what was still to be written
                    stream.close()
        self._folder.cleanup()

    def _ask(self, request: Mapping[str, object]) -> dict[str, object]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer = self._answers.get(timeout=self._settings.patience)
        except queue.Empty:
            raise VoiceProblem(
                "the system's speech engine does not answer within {seconds:g} s", seconds=self._settings.patience
            ) from None
        except BrokenPipeError:  # it ended before it was asked anything
            raise VoiceProblem("the system's speech engine stopped unexpectedly") from None
        except (OSError, ValueError) as problem:
            raise VoiceProblem("the system's speech engine stopped ({problem})", problem=reason(problem)) from problem
        if not answer:
            raise VoiceProblem("the system's speech engine stopped unexpectedly")
        try:
            reply = json.loads(answer)
        except (ValueError, RecursionError):
            reply = None
        if not isinstance(reply, dict):
            raise VoiceProblem("the system's speech engine returned something unexpected")
        if reply.get("unknown_voice"):
            raise VoiceProblem(
                "no voice is named '{name}'; the setting voice.name takes one of this system's voices",
                name=str(reply["unknown_voice"]),
            )
        if reply.get("error"):
            raise VoiceProblem(str(reply["error"]).rstrip("."))
        return reply

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError):  # closed while reading
            for line in self._process.stdout:
                self._answers.put(line)
        self._answers.put("")


class SayCommand:
    """The command `say` of macOS, which writes what it says to a file."""

    def __init__(self, settings: VoiceSettings, command: str = "say", *, language: str = "en") -> None:
        """Choose the voice.

        Raises:
            VoiceProblem: if there is no such command or no such voice.
        """
        self._settings, self._command = settings, command
        self._folder = _temporary_folder()
        try:
            listed = self._run("-v", "?")
            self._voice, self.language = choose_say_voice(listed, settings.name, _system_language(), language)
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
        """Remove the folder of the sound files."""
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
            raise VoiceProblem(
                "the command 'say' does not answer within {seconds:g} s", seconds=self._settings.patience
            ) from None
        except OSError as problem:
            raise VoiceProblem("the command 'say' cannot be run ({problem})", problem=reason(problem)) from problem
        if done.returncode:
            raise VoiceProblem(
                "the command 'say' failed ({problem})", problem=" ".join(done.stderr.split()) or str(done.returncode)
            )
        return done.stdout


def choose_say_voice(listed: str, wanted: str, own: str, language: str = "en") -> tuple[str | None, str]:
    """The voice to name to `say`, or None for the system's own; and the language it speaks, else English.

    Args:
        listed: what `say -v ?` prints: a voice a line, as "Name with spaces   en_US    # a sentence".
        wanted: a part of a voice's name; empty takes the system's own where the system speaks the language, else the first
            that does, else the same with English.
        own: the system's own language, such as "de_DE".
        language: the language to speak, such as "de".

    Raises:
        VoiceProblem: if no voice has the wanted name.
    """
    voices = []
    for line in listed.splitlines():
        words = line.partition("#")[0].split()
        if len(words) >= 2:
            voices.append((" ".join(words[:-1]), words[-1]))
    if wanted:
        for name, speaks in voices:
            if wanted.lower() in name.lower():
                return name, language if speaks.lower().startswith(language) else "en"
        raise VoiceProblem("no voice is named '{name}'; see them all with: say -v '?'", name=wanted)
    for spoken in dict.fromkeys((language, "en")):
        if own.lower().startswith(spoken):
            return None, spoken
        if not own and spoken == "en":
            break  # without a known language, keep the system's own voice
        for name, speaks in voices:
            if speaks.lower().startswith(spoken):
                return name, spoken
    return None, "en"


def _system_language() -> str:
    try:
        listing = subprocess.run(
            ["defaults", "read", "-g", "AppleLocale"], capture_output=True, text=True, timeout=2, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return listing.stdout.strip()


def read_wave(path: Path) -> Sound:
    """A WAV file of 16 bits as a sound, with the silence at its ends cut off.

    Raises:
        VoiceProblem: if there is no such file.
        EmptySound: if there is nothing in it.
    """
    try:
        with wave.open(str(path), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except EOFError as problem:
        raise EmptySound("the system's speech engine wrote an empty file") from problem
    except Exception as problem:  # the module wave lets many kinds through
        raise VoiceProblem(
            "the system's speech engine wrote no sound ({problem})", problem=reason(problem)
        ) from problem
    if not raw:
        raise EmptySound("the system's speech engine wrote an empty sound")
    if width != 2:
        raise VoiceProblem("the system's speech engine wrote {bits}-bit sound instead of 16-bit", bits=8 * width)
    if not _SLOWEST <= rate <= _FASTEST:
        raise VoiceProblem("the system's speech engine wrote a sound of {rate} samples per second", rate=rate)
    raw = raw[: len(raw) // (2 * channels) * 2 * channels]  # of one that was cut short
    samples: Samples = np.frombuffer(raw, "<i2").reshape(-1, channels).mean(axis=1).astype(np.float32) / 32768
    return Sound(samples, rate).trimmed()


def _with_advice(problem: str) -> str:
    if "espeak" in problem.lower():
        return mark("the system has no speech engine; install the package espeak-ng")
    if "pyttsx3" in problem:
        return mark("the package pyttsx3 is missing; install posturecam again")
    return problem
