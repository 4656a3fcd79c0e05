"""Runs the system's command-line tools, with a time-out."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence

from posturecam.system.reader import Unreadable

Run = Callable[[Sequence[str]], str]
"""Runs a command and returns what it wrote on standard output; raises Unreadable."""

TOOL_SECONDS = 1.0
"""A tool that takes longer is killed; normally they answer within 0.05 s."""


def run_tool(command: Sequence[str], seconds: float = TOOL_SECONDS) -> str:
    """What a tool writes on standard output, in English and with decimal points.

    Raises:
        Unreadable: if the tool is not installed, takes too long, or fails.
    """
    tool = command[0]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "en"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            check=False,
        )
    except FileNotFoundError:
        raise Unreadable(f"{tool} is not installed") from None
    except subprocess.TimeoutExpired:
        raise Unreadable(f"{tool} did not answer within {seconds:g} s") from None
    except (OSError, ValueError) as problem:
        raise Unreadable(f"{tool} cannot be run ({problem})") from problem
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Unreadable(f"{tool} failed ({said[0][:120] if said else f'exit code {done.returncode}'})")
    return done.stdout.decode("utf-8", "replace")
