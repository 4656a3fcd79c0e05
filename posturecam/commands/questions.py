"""The questions of a stretch session: before, with the cautions of its exercises, and after. Not medical advice."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from posturecam.coach.exercise import Exercise
from posturecam.coach.library import find, resolve
from posturecam.coach.presentation.descriptions import AT_DESK, POSITION, dose_text
from posturecam.coach.routine import Routine
from posturecam.coach.safety import (
    AFTER,
    BEFORE,
    LEAVE_OUT,
    NOT_TODAY,
    STILL_POSSIBLE,
    STOP,
    WORST,
    Answers,
    answer_to,
    cautions,
    who_should_skip,
)
from posturecam.config.settings import StretchSettings
from posturecam.errors import PosturecamError
from posturecam.i18n.message import Message, without_accents
from posturecam.i18n.translate import joined, mark, tr, trn
from posturecam.i18n.words import CLAUSES, SHORT_SENTENCES, THINGS

_UNANSWERED = mark("Nothing was started, because the question was not answered.")
_SKIP = mark("Press Enter to skip:")
_LEAVE = "q"


class Unanswered(Exception):
    """The input ended at a question that must be answered, as with Ctrl-D."""


def can_ask() -> bool:
    """Whether somebody can answer: there is a standard input, and it is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask_which(console: Console, routines: Sequence[Routine]) -> str | None:
    """Offer these routines, numbered, the first one as the default: the name of one, or of any exercise; None to leave."""
    console.print(Text(tr("What would you like to do?"), style="bold"))
    for number, routine in enumerate(routines, 1):
        facts = " · ".join((_length(routine), _place(routine)))
        console.print(Text.assemble(f"  {number}  ", (tr(routine.title), "bold"), f"  {facts}"))
        console.print(Padding(Text(tr(routine.why), style="dim"), (0, 0, 0, 5)))
    console.print(Text(tr("Single exercises: posturecam stretch list"), style="dim"))
    asked = tr("A number or a name; Enter for {number}, {leave} to leave:").format(number=1, leave=_LEAVE)
    while True:
        answer = _answer(console, f"{asked} ")
        if answer in (None, _LEAVE):
            return None
        if not answer:
            return routines[0].id
        if answer.isdecimal() and 1 <= int(answer) <= len(routines):
            return routines[int(answer) - 1].id
        try:
            find(answer)
        except PosturecamError as problem:
            console.print(Text(tr(problem.text)))
        else:
            return answer


def _length(routine: Routine) -> str:
    if routine.is_break:
        return tr("1, 3 or 5 minutes")
    return trn("about {number} minute", "about {number} minutes", max(round(routine.minutes), 1))


def _place(routine: Routine) -> str:
    """Where it is done, in the order in which it is."""
    if routine.is_break:
        return tr(AT_DESK)
    places = [tr(POSITION[one.position]) for one in resolve(routine)]
    first, *others = dict.fromkeys(places)
    return joined(THINGS, (first, *(f"{one[:1].lower()}{one[1:]}" for one in others)))


def ask_before(console: Console, title: str, exercises: list[Exercise]) -> tuple[Answers, list[Exercise]]:
    """Show the exercises and their cautions, and ask how the user feels; returns the exercises to do.

    After a "yes" to pain, numbness or dizziness, explain; leave out a single exercise, and ask about each of several, which only a
    "yes" includes.

    Raises:
        Unanswered: if the input ends, which says nothing of pain and must not begin a session; the user was told.
    """
    try:
        return _asked_before(console, title, exercises)
    except Unanswered:
        console.print(Text(tr(_UNANSWERED)))
        raise


def _asked_before(console: Console, title: str, exercises: list[Exercise]) -> tuple[Answers, list[Exercise]]:
    console.print(Text(tr(title), style="bold"))
    placements = list(dict.fromkeys(one.placement.text for one in exercises))
    doses = [dose_text(one) for one in exercises]
    if len(exercises) > 1:
        doses = [Message.joined(CLAUSES, (one.title, dose)) for one, dose in zip(exercises, doses, strict=True)]
    headings = mark("Dose"), mark("Camera"), mark("Take care"), mark("Skip this if you have")
    sections = doses, placements, cautions(exercises), who_should_skip(exercises)
    for heading, lines in zip(headings, sections, strict=True):
        if lines:
            console.print(Text(tr(heading), style="bold"))
            for line in lines:
                console.print(Padding(Text(tr(line)), (0, 0, 0, 2)))
    console.print(Text(tr(STOP), style="dim"))
    if not is_yes(console, f"{tr(BEFORE)} {tr('[y/N]')} "):
        return Answers(False, 0), exercises
    console.print(Text(tr(LEAVE_OUT)))
    if len(exercises) == 1:
        return Answers(True), []
    console.print(Text(joined(SHORT_SENTENCES, (tr(STILL_POSSIBLE), tr("Do you want to do:")))))
    going = [one for one in exercises if is_yes(console, f"  {tr(one.title)}? {tr('[y/N]')} ")]
    if not going:
        console.print(Text(tr(NOT_TODAY)))
        return Answers(True), []
    asked = tr("How strong is the pain now, from 0 (none) to {all} (the worst)?").format(all=WORST)
    before = _number(lambda: _required(console, f"{asked} {tr(_SKIP)} "), console)
    return Answers(True, before), going


def ask_after(console: Console, answers: Answers, settings: StretchSettings) -> Answers:
    """Ask how it feels afterwards; pressing Enter gives no answer."""
    after = _number(lambda: _answer(console, f"{tr(AFTER)} {tr(_SKIP)} "), console)
    answers = replace(answers, after=after)
    told = answer_to(answers, settings)
    if told is not None:
        console.print(Text(tr(told)))
    return answers


def is_yes(console: Console, question: str) -> bool:
    """Ask a question until the answer is yes or no, in the user's language or in English; Enter alone is no.

    Raises:
        Unanswered: if the input ends.
    """
    while True:
        answer = _folded(_required(console, question))
        if not answer:
            return False
        yes, no = _folded(tr("yes")), _folded(tr("no"))
        if answer in ("y", "yes", yes[0], yes):
            return True
        if answer in ("n", "no", no[0], no):
            return False
        console.print(Text(tr("Please answer y or n.")))


def _folded(word: str) -> str:
    """A word in lower case, without accents and without a full stop."""
    return without_accents(word.lower()).rstrip(" .!。")


def _number(asked: Callable[[], str | None], console: Console) -> int | None:
    while True:
        answer = asked()
        if not answer:
            return None
        if answer.isdecimal() and int(answer) <= WORST:
            return int(answer)
        console.print(Text(tr("Please answer with a number from 0 to {all}, or just Enter.").format(all=WORST)))


def _required(console: Console, question: str) -> str:
    answer = _answer(console, question)
    if answer is None:
        raise Unanswered
    return answer


def _answer(console: Console, question: str) -> str | None:
    """One line; None at the end of the input, as with Ctrl-D."""
    console.print(Text(question), end="")
    try:
        return input().strip()
    except EOFError:
        console.print()
        return None
