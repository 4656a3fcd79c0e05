"""`posturecam` and `python -m posturecam`."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import typer

    from posturecam.errors import PosturecamError

_DAY_SECONDS = 86_400


def main() -> None:
    """Run the command line; report any known error in one line and leave with its exit code, never a traceback.

    Ctrl-C, if it is not the normal end, leaves with 130, which typer does by itself. A termination request and a closed
    terminal have the same effect as Ctrl-C, so that a recording in progress is written. Signals that the parent ignores
    are ignored here too: Ctrl-C in a background job of a script, a closed terminal under `nohup`.
    """
    try:
        _prepare_and_run()
    except KeyboardInterrupt:  # before there was anything to interrupt: importing takes seconds where the disk is slow
        sys.exit(130)
    finally:
        # CPython remembers a KeyboardInterrupt that passed through an `exec`, such as that of a dataclass, and ends
        # `python -m` by SIGINT whatever the exit code; evaluating anything makes it forget.
        eval("None")


def _prepare_and_run() -> None:
    from posturecam.config import limits, log_file, stdout
    from posturecam.errors import LimitReached

    # Otherwise the interpreter searches all that was imported for garbage when it ends: a fifth of a short command's time, for memory that the
    # system takes back anyway.
    atexit.register(gc.freeze)
    limits.allow_more_files()
    try:
        limits.require_memory(limits.LEAST_BYTES_AT_ALL)
    except LimitReached as error:  # not even a thread for the log can be started
        print(f"posturecam: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    # Numpy gains nothing from threads on matrices as small as these, and starting them costs a fifth of a second of
    # processor time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Pydantic would look for plugins in everything that is installed, which takes 5% of a short command's time, and would run them here.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    limits.pool_freed_memory()
    _keep_own_permissions()
    log_file.redirect_stderr()  # early, so that nothing imported later holds on to the old stream
    from posturecam.config import uncaught

    stdout.print_anything()
    _ignore_zero_columns()
    _require_time_zone()
    stdout.guard()
    _end_as_by_ctrl_c()
    try:
        with uncaught.logged():
            _run()
    finally:
        _end_undisturbed()


def _run() -> None:
    from posturecam.config import limits, log_file, stdout, uncaught
    from posturecam.errors import PosturecamError

    try:
        try:
            (app_start(sys.argv[1:]) or _run_command_line)()
        finally:
            stdout.write_out()
    except PosturecamError as error:
        _refuse(error)
    except BrokenPipeError:  # as below, without typer
        stdout.discard()
        sys.exit(0)
    except EOFError:  # there is nobody to answer a question
        sys.exit(1)
    except Exception as mistake:
        uncaught.log(mistake)
        limit = limits.as_limit(mistake)
        if limit is not None:
            _refuse(limit)
        place = f"; please report it with the log {log_file.log_path()}" if log_file.takes_stderr() else ""
        print(f"posturecam: {uncaught.words(mistake)}{place}", file=sys.stderr)
        sys.exit(1)
    except SystemExit as left:
        if isinstance(left.__context__, BrokenPipeError):  # `posturecam watch … --json | head`; typer makes 1 of it
            stdout.discard()
            sys.exit(0)
        raise


def app_start(arguments: Sequence[str]) -> Callable[[], None] | None:
    """What opens the app, for the command lines of menus, of the start at login and of most people; None for all others.

    Typer, which reads the others, would take a fifteenth of the time until there is a picture.
    """
    minimized = list(arguments[-1:]) == ["--minimized"]
    words = arguments[:-1] if minimized else arguments
    is_plain = list(words[:1]) in ([], ["desktop"]) and len(words) <= 2
    if not is_plain or any(not word or word.startswith("-") for word in words) or "_POSTURECAM_COMPLETE" in os.environ:
        return None  # the last, while a shell asks what may be typed
    from posturecam.commands import desktop

    if not words:
        return partial(desktop.start, minimized=minimized)
    return partial(desktop.open_app, minimized=minimized, video="".join(words[1:]))


def _run_command_line() -> None:
    from posturecam.cli import app

    if "--help" in sys.argv:
        _help_in_own_language(app)
    else:
        app(prog_name="posturecam")


def _refuse(error: PosturecamError) -> NoReturn:
    from posturecam.config import uncaught
    from posturecam.i18n.translate import tr

    try:
        from posturecam.commands.language import use_own_language

        use_own_language()
    except (ImportError, MemoryError, OSError):  # without memory or descriptors, English is better than nothing
        pass
    print(f"posturecam: {uncaught.printable_lines(tr(error.text))}", file=sys.stderr)
    sys.exit(error.exit_code)


def _help_in_own_language(app: typer.Typer) -> None:
    import typer

    from posturecam.commands.help import translate

    command = typer.main.get_command(app)
    translate(command)
    command(prog_name="posturecam")


def _ignore_zero_columns() -> None:
    """Treat a terminal that reports zero columns, as some containers and serial lines do, as one that does not report its width."""
    for name in ("COLUMNS", "LINES"):
        if os.environ.get(name, "").strip("0 ") == "":
            os.environ.pop(name, None)


def _keep_own_permissions() -> None:
    """Let the user read and change the files and folders that are made, even if the umask would deny it to everybody."""
    os.umask(os.umask(0o077) & ~0o700)


def _require_time_zone() -> None:
    """Use universal time where TZ names a zone a day or more from Greenwich: C libraries take it, `datetime` does not."""
    if hasattr(time, "tzset") and abs(time.localtime().tm_gmtoff) >= _DAY_SECONDS:
        os.environ["TZ"] = "UTC"
        time.tzset()


_REQUESTS_TO_END = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
]  # no system has all of them
IMPATIENT_SECONDS = 2.0
"""For how long after a request to end Ctrl-C does nothing more. After that the first one was lost, in code that swallows exceptions, or
the end takes too long."""
_interrupted_at: float | None = None
"""When the program was last interrupted, seconds of the clock that is never adjusted."""


def _end_as_by_ctrl_c() -> None:
    for number in _REQUESTS_TO_END:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, _interrupt)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    """End by KeyboardInterrupt, as by Ctrl-C, but only once, unless Ctrl-C is pressed again after a while.

    A closed terminal often sends two signals, and another interrupt during the end would disturb the writing and print a traceback.
    """
    global _interrupted_at
    now = time.monotonic()
    if _interrupted_at is None or (number == signal.SIGINT and now - _interrupted_at >= IMPATIENT_SECONDS):
        _interrupted_at = now
        from posturecam.config import stdout

        stdout.wait_no_longer()
        raise KeyboardInterrupt


def _end_undisturbed() -> None:
    """Ignore further requests to end: the interpreter takes its handlers away first, and they would change the exit code."""
    for number in _REQUESTS_TO_END:
        if signal.getsignal(number) is _interrupt:
            signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    main()
