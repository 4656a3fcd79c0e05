"""Standard error: posturecam's own messages reach the user, and output of native libraries goes to the log, until the very end."""

import os
import re
import signal
import stat
import subprocess
import sys
import time

import pytest
from places import ROOT

from posturecam.config.log_file import KEPT_BYTES, MOST_BYTES, log_path, shorten

RECORDING = ROOT / "tests" / "data" / "recordings" / "desk_front.npz"
SIDE_RECORDING = ROOT / "tests" / "data" / "recordings" / "desk_side.npz"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="writes by way of the C library of POSIX systems")

CHATTER = """
import atexit, ctypes, os, sys

libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.fputs.argtypes = [ctypes.c_char_p, ctypes.c_void_p]

def chatter(when):
    line = f"chatter {when} of {os.getpid()}\\n".encode()
    libc.write(2, line, len(line))

def hear(event, arguments):
    if event == "import" and arguments[0] in ("posturecam.commands", "posturecam.analysis.batch"):
        chatter("in use")

sys.addaudithook(hear)
atexit.register(chatter, "at exit")
# What the C library holds is written once the interpreter is gone, as by a native destructor.
held = libc.fdopen(2, b"w")
libc.fputs(f"chatter at the very end of {os.getpid()}\\n".encode(), held)
"""
"""Code that runs first in every Python process, workers included, and imitates a native library."""


@pytest.fixture
def chattering(tmp_path, own_home):
    """Run `posturecam` in a process with a chatty native library: exit code, output, errors, and the log."""
    (tmp_path / "chatter").mkdir()
    (tmp_path / "chatter" / "sitecustomize.py").write_text(CHATTER)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path / "chatter"), str(ROOT)])}

    def run(*arguments, while_running=None):
        command = [sys.executable, "-m", "posturecam", *map(str, arguments)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
        ) as process:
            try:
                if while_running is not None:
                    while_running(process)
                out, err = process.communicate(timeout=60)
            except subprocess.TimeoutExpired as late:
                process.send_signal(signal.SIGABRT)  # every thread's stack is then in the log
                process.communicate(timeout=60)
                log = (own_home / "posturecam.log").read_text()
                pytest.fail(f"{' '.join(command)} does not end; it said {late.output!r}\n{log}")
            finally:
                process.kill()  # a process that never ends must not keep the suite from ending
        return process.returncode, out, err, (own_home / "posturecam.log").read_text()

    return run


def assert_chatter_is_in_the_log_only(log, *printed):
    told = re.findall(r"chatter (.+) of (\d+)", log)
    assert {when for when, _ in told} == {"in use", "at exit", "at the very end"}
    assert not any("chatter" in one for one in printed)
    return {process for when, process in told if when == "at the very end"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("doctor",), 4),  # no camera
        (("calibrate", RECORDING, "--seconds", "6"), 0),
        (("analyze", RECORDING, SIDE_RECORDING, "--jobs", "2", "--no-video", "--no-plot"), 0),
        (("watch", SIDE_RECORDING), 0),
        (("watch", SIDE_RECORDING, "--json"), 0),
        (("stretch", "thoracic_stretch", "--source", RECORDING), 0),
        (("cameras",), 0),
        (("settings",), 0),
        (("history",), 0),
    ],
    ids=lambda value: " ".join(str(one) for one in value[:2]) if isinstance(value, tuple) else None,
)
def test_what_a_native_library_writes_never_reaches_the_user(chattering, arguments, code):
    left, out, err, log = chattering(*arguments)
    assert (left, err) == (code, ""), out
    processes = assert_chatter_is_in_the_log_only(log, out)
    assert len(processes) >= (3 if "--jobs" in arguments else 1)


def test_native_output_of_an_interrupted_run_never_reaches_the_user(chattering):
    def interrupt(process):
        process.stdout.readline()
        process.send_signal(signal.SIGINT)

    code, out, err, log = chattering("demo", "--fast", "--no-window", while_running=interrupt)
    assert (code, err) == (130, "")
    assert_chatter_is_in_the_log_only(log, out)


def test_native_output_never_reaches_the_user_of_the_app(chattering):
    single = pytest.importorskip("posturecam.desktop.shell.single_instance")

    def quit_once_there(process):
        ends, answer = time.monotonic() + 60, None
        while process.poll() is None:
            answer = single.ask("quit")
            if (answer or {}).get("ok"):  # on a busy computer it may not be heard in time
                break
            if time.monotonic() > ends:
                raise subprocess.TimeoutExpired(process.args, 60, answer)
            time.sleep(0.05)

    code, out, err, log = chattering("desktop", "--minimized", while_running=quit_once_there)
    assert (code, out, err) == (0, "", "")
    assert_chatter_is_in_the_log_only(log, out)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("watch", "missing.mp4"), 3, "posturecam: There is no file missing.mp4"),
        (("ctl", "status"), 10, "posturecam: "),
        (("wach",), 2, "Usage: posturecam"),
    ],
    ids=["trouble", "no app", "wrong command line"],
)
def test_posturecams_own_words_reach_the_user(chattering, arguments, code, said):
    left, out, err, log = chattering(*arguments)
    assert left == code
    assert err.startswith(said)
    assert "chatter" not in out + err
    assert said not in log


# The redirection by itself.


def python(code, folder, *, redirect=True, **named):
    """Run code in a separate interpreter, after redirecting: exit code, output, errors."""
    begin = "from posturecam.config import log_file; log_file.redirect_stderr()\n" if redirect else ""
    environment = os.environ | {"POSTURECAM_HOME": str(folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", f"import ctypes, os, sys\n{begin}{code}"],
        **({"capture_output": True, "text": True, "env": environment, "timeout": 60} | named),
    )
    return done.returncode, done.stdout, done.stderr


FROM_C = "ctypes.CDLL(None).write(2, b'from C\\n', 7)\n"


def test_as_a_library_nothing_is_redirected(own_home):
    code = f"import posturecam.__main__, posturecam.analysis, posturecam.vision.estimator, posturecam.voice\n{FROM_C}"
    assert python(code, own_home, redirect=False) == (0, "", "from C\n")
    assert not own_home.exists()


def test_a_program_with_a_standard_error_of_its_own_keeps_its_descriptor(own_home):
    code = f"import io; sys.stderr = io.StringIO()\nfrom posturecam.config import log_file; log_file.redirect_stderr()\n{FROM_C}print(log_file.takes_stderr())"
    assert python(code, own_home, redirect=False) == (0, "False\n", "from C\n")


def test_python_goes_on_writing_to_the_real_standard_error(own_home):
    code = f"{FROM_C}print('é', file=sys.stderr)\nimport logging; logging.warning('w')\n1 / 0"
    left, out, err = python(code, own_home)
    assert (left, out) == (1, "")
    assert err.startswith("é\nWARNING:root:w\nTraceback")
    assert log_path().read_text() == "from C\n"


def test_what_python_complains_of_while_it_is_taken_apart_is_in_the_log(own_home):
    code = "class Freed:\n def __del__(self): raise KeyError('late')\nfreed = Freed()"
    assert python(code, own_home) == (0, "", "")
    assert "KeyError: 'late'" in log_path().read_text()


def test_a_terminal_stays_a_terminal(own_home):
    os_pty = pytest.importorskip("pty")
    terminal, end = os_pty.openpty()
    code = "print(sys.stderr.isatty(), os.isatty(2), sys.stderr.line_buffering)"
    try:
        assert (
            python(code, own_home, capture_output=False, stdout=subprocess.PIPE, stderr=end)[1] == "True False True\n"
        )
    finally:
        os.close(terminal)
        os.close(end)


@pytest.mark.parametrize(
    ("crash", "told"),
    [("ctypes.string_at(0)", "Segmentation fault"), ("os.abort()", "Aborted")],
    ids=["fault", "abort"],
)
def test_a_crash_is_in_the_log(own_home, crash, told):
    left, out, err = python(crash, own_home)
    assert (left < 0, out, err) == (True, "", "")
    assert told in log_path().read_text()
    assert 'File "<string>", line 3' in log_path().read_text()


def test_crashes_and_tracebacks_of_child_processes_are_in_the_log(own_home):
    code = "import subprocess\nfor code in ('import ctypes; ctypes.string_at(0)', '1 / 0'): subprocess.run([sys.executable, '-c', code])"
    assert python(code, own_home) == (0, "", "")
    assert "Segmentation fault" in log_path().read_text()
    assert "ZeroDivisionError" in log_path().read_text()


def test_the_log_is_for_its_owner_only(own_home):
    before = os.umask(0)
    try:
        python(FROM_C, own_home)
    finally:
        os.umask(before)
    assert stat.S_IMODE(log_path().stat().st_mode) == 0o600
    assert stat.S_IMODE(own_home.stat().st_mode) == 0o700


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    code = f"{FROM_C}print(log_file.takes_stderr(), log_file.is_kept(), type(log_file.problem_of_log()).__name__)"
    assert python(code, tmp_path / "file") == (0, "True False FileExistsError\n", "")


def test_a_closed_standard_error_stops_nothing(own_home):
    """As in a program without a console; the log must not take the descriptor of a file that is opened later."""
    code = f"{FROM_C}print('from Python', file=sys.stderr)\nimport subprocess; subprocess.run(['sh', '-c', 'echo from a child >&2'])"
    closed = python(code, own_home, capture_output=False, stdout=subprocess.PIPE, preexec_fn=lambda: os.close(2))
    assert closed == (0, "", None)
    assert log_path().read_text() == "from C\nfrom Python\nfrom a child\n"


def test_the_log_is_bounded_at_the_start(own_home):
    own_home.mkdir()
    log_path().write_text("an older line\n" * (MOST_BYTES // 14 + 1))
    python(FROM_C, own_home)
    assert KEPT_BYTES - 14 < log_path().stat().st_size <= KEPT_BYTES + 7
    lines = log_path().read_text().splitlines()
    assert set(lines[:-1]) == {"an older line"}
    assert lines[-1] == "from C"


def test_the_log_is_bounded_while_others_write_to_it(tmp_path):
    path = tmp_path / "some.log"
    one, another = (os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT) for _ in range(2))
    try:
        for number in range(1000):
            os.write(another, f"line {number}\n".encode())
            shorten(one, most=200, kept=100)
            assert path.stat().st_size <= 209
    finally:
        os.close(one)
        os.close(another)
    lines = path.read_text().splitlines()
    assert lines == [f"line {number}" for number in range(1000 - len(lines), 1000)]


def test_a_pipe_in_place_of_the_log_stops_nobody(own_home):
    """Nobody reads it, and whoever writes to a full one waits."""
    own_home.mkdir(exist_ok=True)
    os.mkfifo(log_path())
    code = (
        "import os; from posturecam.config import log_file; log_file.redirect_stderr(); os.write(2, bytes(1_000_000))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, timeout=30, check=False).returncode == 0
