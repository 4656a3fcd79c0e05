"""The process that speaks into files: `python -m posturecam.voice.worker`, started by `posturecam.voice.synthesis`.

The system's speech runs in a process of its own because pyttsx3 prints to standard output, may hang or crash inside the
system's library, and cannot be stopped in the middle; a process can be ended. One request a line, one answer a line, JSON.
"""

from __future__ import annotations

import json
import sys
from typing import IO, Any

from posturecam.errors import in_a_line
from posturecam.i18n.languages import LANGUAGES


class UnknownVoice(LookupError):
    """No voice of this system has the wanted name."""

    def __init__(self, name: str) -> None:
        """Takes the name."""
        super().__init__(f"no voice is named '{name}'")
        self.name = name


def main() -> None:
    """Answer requests until standard input ends: {"text", "path"} with {"ok"} or {"error"}.

    An error because of the voice's name has the name beside it, under "unknown_voice".
    """
    requests, answers = sys.stdin, sys.stdout
    sys.stdout = sys.stderr  # pyttsx3 announces every file it saves
    first = json.loads(requests.readline() or "{}")
    try:
        engine, language = _engine(first.get("voice", ""), first.get("rate", 160), first.get("language", "en"))
    except Exception as problem:  # whatever the system's speech raises, report it to the session as text
        unknown = problem.name if isinstance(problem, UnknownVoice) else None
        _answer(answers, {"error": in_a_line(problem), "unknown_voice": unknown})
        return
    _answer(answers, {"ok": True, "language": language})
    for line in requests:
        request = json.loads(line)
        try:
            engine.save_to_file(request["text"], request["path"])
            engine.runAndWait()
        except Exception as problem:
            _answer(answers, {"error": in_a_line(problem)})
        else:
            _answer(answers, {"ok": True})


def _engine(voice: str, rate: int, language: str) -> tuple[Any, str]:
    """The system's speech, and the language to give it: the wanted one where its voice speaks it, else English."""
    import pyttsx3

    engine = pyttsx3.init()
    voices, current = engine.getProperty("voices") or [], engine.getProperty("voice")
    chosen = choose(voices, current, voice, language)
    if chosen is not None:
        engine.setProperty("voice", chosen)
    engine.setProperty("rate", rate)
    speaking = next((one for one in voices if one.id == (chosen or current)), None)
    return engine, language if speaking is not None and speaks(speaking, language) else "en"


def choose(voices: list[Any], current: str | None, wanted: str, language: str = "en") -> str | None:
    """The identity of the voice to speak with, or None to leave the system's own.

    `wanted` is a part of a voice's name or identity. Without one, the system's own voice speaks if it speaks the language
    ("de"), and otherwise the first that does; where none does, likewise with English, in which every text exists.

    Raises:
        UnknownVoice: if no voice has the wanted name.
    """
    if wanted:
        for one in voices:
            if wanted.lower() in f"{one.name} {one.id}".lower():
                return str(one.id)
        raise UnknownVoice(wanted)
    own = next((one for one in voices if one.id == current), None)
    if language != "en":
        fitting = [one for one in voices if speaks(one, language)]
        if fitting:
            return None if own in fitting else str(fitting[0].id)
    if own is None or speaks_english(own):
        return None
    return next((str(one.id) for one in voices if speaks_english(one)), None)


def speaks_english(voice: Any) -> bool:
    """Whether a voice of pyttsx3 speaks English, as far as it is known; a voice without languages counts as English."""
    return not any(voice.languages or []) or speaks(voice, "en")


def speaks(voice: Any, language: str) -> bool:
    """Whether a voice of pyttsx3 names this language ("de", "zh") as one of its own."""
    named = [str(one).lower() for one in (voice.languages or []) if one]
    return any(one.startswith(codes(language)) for one in named)


def codes(language: str) -> tuple[str, ...]:
    """What systems call a language: its code, and any other that voices have for it."""
    return (language, *LANGUAGES[language].other_codes) if language in LANGUAGES else (language,)


def _answer(answers: IO[str], answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
