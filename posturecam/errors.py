"""Everything posturecam raises on purpose.

    PosturecamError            exit code 1
    ├── UnknownExercise        2   an exercise, variant or routine of that name is not there
    ├── SourceError            3   a video, picture or recording that cannot be read
    ├── CameraError            4   a camera that is missing, busy, silent or black
    ├── CalibrationRefused     5   the upright posture could not be learned, and why
    ├── SettingsError          6   a settings or baseline file that cannot be used or written
    │   └── HistoryError       6   the history of sessions, likewise
    │       └── HistoryTooNew  6   a newer posturecam made it
    ├── OutputError            7   results that cannot be written (folder missing, disk full)
    ├── ModelError             8   the pose model is missing or damaged
    ├── LimitReached           1   the system gives this process too little memory, or too few open files or threads
    └── DesktopUnavailable     10  the desktop app or a window cannot be shown here
        └── NotRunning         10  it is not running, or refuses a request of `posturecam ctl`

A message says what happened, with which value, and what to do next, in one line: the command line prints it in the user's
language and leaves with `exit_code`. Exit code 0 is success, 1 anything else that went wrong, 2 is a wrong command line, 9
means that the input was cut short or damaged but the results of the rest stand, and 130 means interrupted by Ctrl-C where that
is not the normal end.

    >>> from posturecam import PosturecamError, VideoSource
    >>> try:
    ...     VideoSource("holiday.mp4")
    ... except PosturecamError as error:
    ...     print(type(error).__name__, error.exit_code)
    SourceError 3
"""

from __future__ import annotations

from posturecam.i18n.message import Message


class Explained(Exception):
    """An error with a message for people, made of a template and parameters.

    >>> str(Explained("{path} cannot be read", path="a.mp4"))
    'a.mp4 cannot be read'
    """

    text: Message
    """The message in English, like `str` of the error; `posturecam.i18n.translate.tr` says it in the user's language."""

    def __init__(self, template: str = "", /, **parameters: object) -> None:
        """Create the error from the English template, with named placeholders for the parameters."""
        self.text = Message(template, **parameters)
        super().__init__(self.text)


def in_a_line(problem: Exception) -> str:
    """The message of an exception, in one line without a full stop, to be translated if it is ours; its type if it has no message."""
    if isinstance(problem, Explained):
        return problem.text
    return " ".join(str(problem).split()).rstrip(".") or type(problem).__name__


class PosturecamError(Explained):
    """Base of all errors that posturecam raises on purpose."""

    exit_code = 1


class UnknownExercise(PosturecamError):
    """There is no exercise, variant or routine of that name."""

    exit_code = 2


class SourceError(PosturecamError):
    """A video, picture or recording is missing, empty, damaged or of the wrong kind."""

    exit_code = 3


class CameraError(PosturecamError):
    """A camera does not exist, is busy, or sends no usable picture."""

    exit_code = 4


class CalibrationRefused(PosturecamError):
    """The upright posture was not learned; the message gives the reason."""

    exit_code = 5


class SettingsError(PosturecamError):
    """A settings or baseline file is damaged, out of limits, or cannot be written."""

    exit_code = 6


class HistoryError(SettingsError):
    """The history of sessions cannot be opened, or a newer posturecam made it."""


class HistoryTooNew(HistoryError):
    """A newer posturecam made the history; trying again does not help."""


class OutputError(PosturecamError):
    """Results cannot be written: no such folder, no permission, or no disk space."""

    exit_code = 7


class ModelError(PosturecamError):
    """The pose model is missing or damaged."""

    exit_code = 8


class LimitReached(PosturecamError):
    """The system allows this process too little memory, or too few open files or threads."""


class DesktopUnavailable(PosturecamError):
    """The desktop app is not installed, or there is no display to show it or another window on."""

    exit_code = 10


class NotRunning(DesktopUnavailable):
    """The desktop app is not running, or it refused a request."""


EXIT_PARTIAL = 9
"""Results stand, but the input ended early (a truncated video, a damaged history)."""
