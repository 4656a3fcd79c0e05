"""The questions of a stretch session: before, with the cautions of its exercises, and after. Not medical advice."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from posturecam.coach.exercise import Exercise
from posturecam.coach.presentation.descriptions import dose_text
from posturecam.coach.safety import (
    AFTER,
    BEFORE,
    LEAVE_OUT,
    MORE_PAIN,
    NOT_TODAY,
    STILL_POSSIBLE,
    STOP,
    WORST,
    Answers,
    cautions,
    is_frozen,
    who_should_skip,
)
from posturecam.i18n.message import Message
from posturecam.i18n.translate import mark, tr

_SKIP = mark("Press Enter to skip:")


def ask_before(console: Console, title: str, exercises: list[Exercise]) -> tuple[Answers, list[Exercise]]:
    """Show the exercises and their cautions, and ask how the user feels; returns the exercises to do.

    After a "yes" to pain, numbness or dizziness, explain; leave out a single exercise, and ask about each of several.
    """
    console.print(Text(tr(title), style="bold"))
    placements = list(dict.fromkeys(one.placement.text for one in exercises))
    doses = [dose_text(one) for one in exercises]
    if len(exercises) > 1:
        doses = [Message.joined(", ", (one.title, dose)) for one, dose in zip(exercises, doses, strict=True)]
    headings = mark("Dose"), mark("Camera"), mark("Take care"), mark("Skip this if you have")
    sections = doses, placements, cautions(exercises), who_should_skip(exercises)
    for heading, lines in zip(headings, sections, strict=True):
        if lines:
            console.print(Text(tr(heading), style="bold"))
            for line in lines:
                console.print(Padding(Text(tr(line)), (0, 0, 0, 2)))
    console.print(Text(tr(STOP), style="dim"))
    if not _yes(console, f"{tr(BEFORE)} {tr('[y/N]')} "):
        return Answers(False, 0), exercises
    console.print(Text(tr(LEAVE_OUT)))
    if len(exercises) == 1:
        return Answers(True), []
    console.print(Text(f"{tr(STILL_POSSIBLE)}. {tr('Do you want to do:')}"))
    going = [one for one in exercises if not _yes(console, f"  {tr(one.title)}? {tr('[Y/n]')} ", otherwise=True)]
    if not going:
        console.print(Text(tr(NOT_TODAY)))
        return Answers(True), []
    asked = tr("How strong is the pain now, from 0 (none) to {all} (the worst)?").format(all=WORST)
    before = _number(console, f"{asked} {tr(_SKIP)} ")
    return Answers(True, before), going


def ask_after(console: Console, answers: Answers) -> Answers:
    """Ask how it feels afterwards; pressing Enter gives no answer."""
    after = _number(console, f"{tr(AFTER)} {tr(_SKIP)} ")
    answers = replace(answers, after=after)
    if after is not None and is_frozen([answers]):
        console.print(Text(tr(MORE_PAIN)))
    return answers


def _yes(console: Console, question: str, otherwise: bool = False) -> bool:
    while True:
        answer = _answer(console, question).lower()
        if not answer:
            return otherwise
        yes, no = tr("yes").lower(), tr("no").lower()
        if answer in ("y", "yes", yes[0], yes):
            return True
        if answer in ("n", "no", no[0], no):
            return False
        console.print(Text(tr("Please answer y or n.")))


def _number(console: Console, question: str) -> int | None:
    while True:
        answer = _answer(console, question)
        if not answer:
            return None
        if answer.isdecimal() and int(answer) <= WORST:
            return int(answer)
        console.print(Text(tr("Please answer with a number from 0 to {all}, or just Enter.").format(all=WORST)))


def _answer(console: Console, question: str) -> str:
    """One line; empty at the end of the input, as with Ctrl-D."""
    console.print(Text(question), end="")
    try:
        return input().strip()
    except EOFError:
        console.print()
        return ""
