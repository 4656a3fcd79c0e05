"""Several runs of `posturecam` in one process of their own: starting it takes longer than most commands."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass

from places import ROOT

NEXT = "//next"
RUNNING = f"""
import sys
from posturecam.__main__ import main
given = sys.argv[1:]
while given:
    end = given.index({NEXT!r})
    sys.argv[1:], given = given[:end], given[end + 1:]
    code = 0
    try:
        main()
    except SystemExit as left:
        code = left.code or 0
    for stream in (sys.stdout, sys.stderr):
        stream.write(f"\\0{{code}}\\n")
        stream.flush()
"""


@dataclass
class Run:
    """The exit code of one of them, and what it wrote."""

    code: int
    out: bytes
    err: bytes


def in_one_process(*commands, before="", without=(), **environment):
    """Run these commands, one after another, with changes to the environment; `before` is Python code that runs first."""
    kept = {name: value for name, value in os.environ.items() if name not in without}
    arguments = [os.fsencode(str(one)) for command in commands for one in (*command, NEXT)]
    done = subprocess.run(
        [sys.executable, "-c", f"{before}\n{RUNNING}", *arguments],
        capture_output=True, check=False, cwd=ROOT, timeout=120, env={**kept, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    outs, errs = (_parts(text) for text in (done.stdout, done.stderr))
    assert len(outs) == len(errs) == len(commands)
    return [Run(code, out, err) for (out, code), (err, _) in zip(outs, errs, strict=True)]


def _parts(text):
    """What each of them wrote, and the exit code after it."""
    begun, *rest = text.split(b"\0")
    parts = []
    for one in rest:
        code, _, following = one.partition(b"\n")
        parts.append((begun, int(code)))
        begun = following
    assert not begun.strip()
    return parts


STATUS = """
import sys
from posturecam.__main__ import main
sys.argv[1:] = ["ctl", "status", "--json"]
for _ in sys.stdin:
    try:
        main()
    except SystemExit as left:
        if left.code:
            print("{}")
    sys.stdout.flush()
"""
"""Prints what `posturecam ctl status --json` says, or nothing known, for each line it reads."""


@contextmanager
def asking(environment):
    """A function that asks the app how it is, over and over in one process; nothing is known of an app that does not answer.

    Starting one each time takes a second, and would take up the processor that the app needs.
    """
    with subprocess.Popen(
        [sys.executable, "-c", STATUS], env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:  # fmt: skip

        def status():
            process.stdin.write("\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield status
        process.stdin.close()
