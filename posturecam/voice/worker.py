"""The process that speaks into files: `python -m posturecam.voice.worker`, started by `posturecam.voice.synthesis`.

The system's speech runs in a process of its own because pyttsx3 prints to standard output, may hang or crash inside the
system's library, and cannot be stopped in the middle; a process can be ended. One request a line, one answer a line, JSON.
"""

from __future__ import annotations

import json
import sys
from typing import IO, Any


def main() -> None:
    """Answer requests until standard input ends: {"text", "path"} with {"ok"} or {"error"}."""
    requests, answers = sys.stdin, sys.stdout
    sys.stdout = sys.stderr  # pyttsx3 announces every file it saves
    first = json.loads(requests.readline() or "{}")
    try:
        engine = _engine(first.get("voice", ""), first.get("rate", 160))
    except Exception as problem:  # whatever the system's speech raises, the session must hear of it in words
        _answer(answers, {"error": " ".join(str(problem).split()) or type(problem).__name__})
        return
    _answer(answers, {"ok": True})
    for line in requests:
        request = json.loads(line)
        try:
            engine.save_to_file(request["text"], request["path"])
            engine.runAndWait()
        except Exception as problem:
            _answer(answers, {"error": " ".join(str(problem).split()) or type(problem).__name__})
        else:
            _answer(answers, {"ok": True})


def _engine(voice: str, rate: int) -> Any:
    import pyttsx3

    engine = pyttsx3.init()
    chosen = choose(engine.getProperty("voices") or [], engine.getProperty("voice"), voice)
    if chosen is not None:
        engine.setProperty("voice", chosen)
    engine.setProperty("rate", rate)
    return engine


def choose(voices: list[Any], current: str | None, wanted: str) -> str | None:
    """The identity of the voice to speak with, or None to leave the system's own.

    `wanted` is a part of a voice's name or identity. Without one, the system's own voice speaks if it speaks English, as all
    texts are English, and otherwise the first that does.

    Raises:
        LookupError: if no voice has the wanted name.
    """
    if wanted:
        for one in voices:
            if wanted.lower() in f"{one.name} {one.id}".lower():
                return str(one.id)
        raise LookupError(f"no voice is named '{wanted}'; the setting voice.name takes one of this system's voices")
    own = next((one for one in voices if one.id == current), None)
    if own is None or speaks_english(own):
        return None
    return next((str(one.id) for one in voices if speaks_english(one)), None)


def speaks_english(voice: Any) -> bool:
    """Whether a voice of pyttsx3 speaks English, as far as it says; one that does not say is believed to."""
    languages = [str(language).lower() for language in (voice.languages or []) if language]
    return not languages or any(language.startswith("en") for language in languages)


def _answer(answers: IO[str], answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
