"""All checks of this repository: `python -m tools.check`.

The rules and the formatting of the code, its types, the catalog of texts, and then the tests. All checks run, even if
earlier ones failed, and the failures are listed at the end. `--no-tests` leaves out the tests, which take minutes.
`.ci/run` calls this too.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]

CHECKS: dict[str, Sequence[str]] = {
    "rules": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy",),
    "texts": ("tools.texts", "check"),
    "tests": ("pytest",),
}
"""By name: the module to run, and its arguments. They run with this Python, so that the locked versions are used."""


def run_checks(names: Sequence[str]) -> list[str]:
    """Run checks one after the other.

    Args:
        names: keys of `CHECKS`.

    Returns:
        The names of those that failed.
    """
    failed = []
    for name in names:
        print(f"== {name}: {' '.join(CHECKS[name])}", flush=True)
        if subprocess.run([sys.executable, "-m", *CHECKS[name]], cwd=ROOT).returncode != 0:
            failed.append(name)
    return failed


def main(arguments: list[str]) -> int:
    """Run the requested checks; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.check", description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("--no-tests", action="store_true", help="leave out the tests, which take minutes")
    parser.add_argument("only", nargs="*", metavar="CHECK", help=f"these alone: {', '.join(CHECKS)}")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.only if name not in CHECKS]
    if unknown:
        parser.error(f"no such check: {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    names = options.only or [name for name in CHECKS if not (options.no_tests and name == "tests")]
    try:
        failed = run_checks(names)
    except KeyboardInterrupt:
        return 130
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
