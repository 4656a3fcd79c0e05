"""Texts that core modules put together from words and numbers, as templates: they cannot be looked up whole. Pure.

"your head is turned by about 32°" is found by its template "your head is turned by about {angle}°"; the template is translated and
what stands in the place of `{angle}` is put back, looked up too where it is words. Core modules so go on speaking English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from posturecam.i18n.words import mark

TEMPLATES: tuple[str, ...] = (
    # posturecam.posture.measures, posturecam.coach.pose_geometry: why something cannot be told.
    mark("I cannot see {what}"),
    mark("Move back, I cannot see {what}"),
    mark("{what} is cut off by the edge of the picture"),
    mark("{what} fall on one point of the picture"),
    mark("the ends of {what} fall on one point of the picture"),
    mark("{what} and {other} fall on one point of the picture"),
    mark("{what} and the other fall on one point of the picture"),
    mark("{what} seems to be below {other}"),
    mark("it is only known for neck inclinations of {low} to {high}°"),
    mark("your head is turned by about {angle}°"),
    mark("your {measure} seems to be {value}, which nobody has: I see you wrongly"),
    # posturecam.posture.assess.
    mark("from {view} I can only compare: calibrate your upright posture first"),
    mark("the picture is {now} now and was {then} when you calibrated"),
    mark("you are seen from {view}, and were calibrated from {then}"),
    mark("you are {times} times nearer to the camera than when you calibrated"),
    mark("you are {times} times further from the camera than when you calibrated"),
    # posturecam.alerts.policy.
    mark("quiet hours until {time}"),
    # posturecam.session.guided_calibration, posturecam.posture.calibration.
    mark(
        "Learned how you sit upright, seen from {view}: {quality} ({samples} looks, spread {spread} of the slouching threshold)."
    ),
    mark("{learned} Your slouch is {number} standard deviations away: the camera can tell."),
    mark(
        "You moved too much: your posture varied by {spread} of the slouching threshold, at most {most} is allowed. "
        "Sit comfortably upright and look at the screen, and try again."
    ),
    mark(
        "Your {what} {angle}° forward, which is past the {most}° that count as slouching. Sit comfortably upright, your back "
        "supported and your ears about over your shoulders, and try again."
    ),
    mark(
        "I could measure you in {seen} of {all} looks (at least {least} and {share} are needed). {trouble} Change that, and try again."
    ),
    mark(
        "I could measure your slouch in only {number} looks. {trouble} Change that and try again, or calibrate without a slouch."
    ),
    mark("Mostly, {trouble}."),
    mark(
        "{turned}. Turn the camera, or turn its picture clockwise by {angle}°: with --rotate {turn}, or for good with the setting "
        "camera.rotate={value}."
    ),
    mark(
        "From here the camera cannot tell your slouch from your upright posture: they are {number} standard deviations apart, "
        "{least} are needed. Move the camera to eye level or to your side, and try again."
    ),
    # posturecam.vision.sources.camera, posturecam.vision.sources, posturecam.session.
    mark(
        "Nothing that can be watched answers at {address}; check the address, that the camera or the app on the phone is "
        "running, and that both are in the same network"
    ),
    mark("{address} is a file and no live picture; download it and name the file"),
    mark(
        "Nothing can be kept, because you have no home folder here (HOME is not set); choose a folder with POSTURECAM_HOME"
    ),
    mark("There is no camera {device}; those found are {cameras}: name one by number or name"),
    mark(
        "{camera} cannot be opened: it is not there, another program holds it, or this one may not use it; connect it, end the "
        "other, or {permission}"
    ),
    mark(
        "{camera} was opened but gave no picture within {seconds} s; end other programs that use it, or unplug it and plug it "
        "in again"
    ),
    mark("{camera} gives no more pictures"),
    mark("{camera} gave no pictures to learn from; see: posturecam doctor"),
    mark("{camera} gave no usable pictures: {problem}; then try again"),
    mark("an error in posturecam ({problem})"),
    mark("MediaPipe's library cannot be loaded ({problem}); on Debian or Ubuntu run: sudo apt install libegl1 libgles2"),
    mark("The pose model {path} is damaged ({problem}); install posturecam again"),
    mark("The face model {path} is damaged ({problem}); install posturecam again"),
    mark("The pose model '{size}' is not installed; run: {command}"),
    # posturecam.history.
    mark("{problem}. Watching goes on, but nothing of it is kept."),
    mark("{problem}. The session goes on, but nothing of it is kept."),
    mark("{problem}. Watching goes on; opening it is tried again every minute, and what happens until then is kept in memory."),
    mark("{problem}. The session goes on; opening it is tried again every minute, and what is done until then is kept in memory."),
    mark("The history {path} cannot be opened: a folder is in its place; move it away"),
    mark("The history {path} cannot be opened: another program holds it ({problem}); end that program"),
    mark("{number} entries of the history make no sense and were left out"),
    mark("The history cannot be saved at the moment ({problem}); {meanwhile}"),
    mark("The history {path} cannot be read ({problem})"),
    mark("The history was damaged ({problem}) and is now {path}; a new one was begun"),
    mark(
        "The history {path} was made by a newer posturecam (version {version}, this one knows {known}); run: pip install "
        "--upgrade posturecam"
    ),
    mark(
        "The history {path} cannot be opened ({problem}); free some room, or choose another folder with POSTURECAM_HOME"
    ),
    mark("The history is exported to a file that ends in .csv or .json, not to {name}"),
    mark("{path} cannot be written ({problem}); choose another place"),
    mark(
        "The history {path} is empty, but traces stay in its log while another program reads it; close posturecam everywhere and "
        "do it again"
    ),
    mark("Not everything of the history {path} could be deleted ({problem}); close posturecam everywhere and do it again"),
    # posturecam.config.store, and what pydantic says of a value.
    mark("The settings file {path} cannot be read ({problem}); mend or remove it"),
    mark(
        "The settings file {path} is damaged ({problem}); mend it, or start afresh with: posturecam settings --reset"
    ),
    mark("The settings file {path} cannot be used: {problem}"),
    mark("{problem}. It is now {path}; the defaults hold meanwhile."),
    mark("The baselines in {path} cannot be read ({problem})"),
    mark("The baselines file was damaged and is now {path}; calibrate again: posturecam calibrate"),
    mark("Nothing was changed: {problem}"),
    mark("There is no setting '{key}'; see them all with: posturecam settings"),
    mark("there is no setting '{key}'; see them all with: posturecam settings"),
    mark("{path} cannot be written ({problem}); free some room, or choose another folder with POSTURECAM_HOME"),
    mark("{first} and {second} must be given together"),
    mark("{first} and {second} must differ, got {time} twice"),
    mark(
        "monitor.longest_gap ({gap} s) must be longer than pace.steady and pace.alert ({slowest} s), or every look would come "
        "after a gap"
    ),
    mark("{key}: input should be greater than or equal to {least}, got {value}"),
    mark("{key}: input should be less than or equal to {most}, got {value}"),
    mark("{key}: input should be {wanted}, got {value}"),
    # posturecam.system: starting at login.
    mark("{path} cannot be written ({problem}); see to its permissions and free room"),
    mark("{path} cannot be removed ({problem}); remove it yourself"),
    mark("{where} cannot be {done} ({problem}); do it in the task manager"),
    mark("The icon {path} cannot be read ({problem}); install posturecam again"),
    # posturecam.coach.library: exercises of the user's own.
    mark("The folder {path} cannot be read ({problem}); check who may read it"),
    mark("{path} cannot be read ({problem}); mend or remove it"),
    mark("{path} is not TOML ({problem}); mend or remove it"),
    mark("{path}: {problem}; see docs/exercises.md"),
    mark("{title}: {variant}"),
    # posturecam.voice.
    mark("There is no voice: {problem}; chimes and texts go on."),
    mark("There is no voice: {problem}; texts go on."),
    mark("There is no sound: {problem}. Everything is shown instead."),
    mark("no loudspeaker can be opened ({problem}); connect a loudspeaker or headphones, and check the system's sound settings"),
    mark("no voice is named '{name}'; the setting voice.name takes one of this system's voices"),
    mark("no voice is named '{name}'; see them all with: say -v '?'"),
    mark("the system's speech does not answer within {seconds} s"),
    mark("the command 'say' does not answer within {seconds} s"),
)  # fmt: skip
"""A placeholder stands for any text of one character or more."""

WORDS: tuple[str, ...] = (
    mark("your neck"),
    mark("your trunk"),
    mark("your thigh"),
    mark("your lower leg"),
    mark("your joint"),
    mark("your ears"),
    mark("head was"),
    mark("trunk leaned"),
    mark("good"),
    mark("fair"),
    mark("I saw nobody"),
    mark("the picture seems to be upside down"),
    mark("The picture seems to be upside down"),
    mark("The picture seems turned by 90°"),
    mark("the picture seems turned by 90°"),
    mark("I cannot tell from where the camera looks"),
    mark(
        "There were too few pictures: watch for longer (--seconds), or ask the camera for more (camera.frame_rate)."
    ),
    mark("snoozed"),
    mark("the camera was unplugged or taken by another program"),
    mark("the camera's address no longer answers"),
    mark("the camera's picture is black: open its shutter, or end the program that holds it"),
    mark("the camera's picture is all of one colour: uncover it, or unplug it and plug it in again"),
    mark("the picture stands still: another program may hold the camera; end it, or choose another camera"),
    mark("add your user to the group that owns /dev/video*, often called video"),
    mark("allow it under System Settings > Privacy & Security > Camera"),
    mark("allow it under Settings > Privacy & security > Camera"),
    mark("the session goes on, and it is tried again with each repetition"),
    mark("watching goes on, and it is tried again every minute"),
    mark("it is tried again"),
    mark("The history is saved again, with everything since"),
    mark("1 entry of the history makes no sense and was left out"),
    mark("the release was not seen"),
    mark("it ended before the time was full"),
    mark("the system has no speech; install the package espeak-ng"),
    mark("the package pyttsx3 is missing; run: pip install --force-reinstall posturecam"),
    mark("this computer has no sound output; connect a loudspeaker or headphones, and check the system's sound settings"),
    mark("written"),
    mark("removed"),
)  # fmt: skip
"""What stands in the place of placeholders, beside the landmarks, the parts of the body and the views, and what modules that
mark nothing say."""

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class MessagePattern:
    """A template that can be recognised."""

    template: str
    shape: re.Pattern[str]


def pattern(template: str) -> MessagePattern:
    """The template with its placeholders as groups."""
    pieces = _PLACE.split(template)
    shape = "".join(f"(?P<{piece}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
    return MessagePattern(template, re.compile(shape, re.DOTALL))


def patterns(templates: Iterable[str] = TEMPLATES) -> tuple[MessagePattern, ...]:
    """Those with the most words of their own first, as they say the most."""
    return tuple(pattern(one) for one in sorted(templates, key=lambda one: -len(_PLACE.sub("", one))))


def translated(
    text: str, known: Iterable[MessagePattern], template: Callable[[str], str], part: Callable[[str], str]
) -> str | None:
    """The text by the first pattern that it has; None where it has none.

    Args:
        text: In English.
        known: The patterns.
        template: Translates a template.
        part: Translates what stands in the place of a placeholder, which is shorter than the text.
    """
    for one in known:
        found = one.shape.fullmatch(text)
        if found is not None:
            return fill(template(one.template), {name: part(words) for name, words in found.groupdict().items()})
    return None


def fill(template: str, parts: Mapping[str, str]) -> str:
    """The template with its placeholders filled; braces in the parts mean nothing."""
    return _PLACE.sub(lambda place: parts.get(place[1], place[0]), template)
