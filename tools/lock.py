"""The lock of the development environment: `python -m tools.lock` writes `requirements/dev.txt`.

It holds one version of everything that the tests need, with the hashes of its files, for Linux, macOS and Windows and
for Python 3.11 to 3.14. Locked versions stay, as long as `pyproject.toml` allows them; `--upgrade` takes the newest
allowed ones, `--upgrade-package NAME` those of one package. It needs uv (`pip install uv`); installing from the lock
does not.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "dev.txt"
EXTRAS = ("desktop", "dev", "render")
OLDEST_PYTHON = "3.11"

_HEADER = """\
# What the tests run with: every version and the hashes of its files, for Linux, macOS and Windows, Python 3.11 to 3.14.
# Written by `python -m tools.lock` from pyproject.toml; how to raise it is in CONTRIBUTING.md.
"""


def compile_lock(arguments: list[str]) -> str:
    """The text of the lock, from `pyproject.toml` and the currently locked versions.

    Args:
        arguments: further arguments for `uv pip compile`.

    Raises:
        subprocess.CalledProcessError: if nothing satisfies all bounds, or the index cannot be reached; uv has printed
        which.
    """
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--python-version", OLDEST_PYTHON]
    # Neither the address of a package index nor local paths belong in the repository.
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-header"]
    command += [part for extra in EXTRAS for part in ("--extra", extra)]
    # The output file is read for the versions to keep; the path is relative so that no comment reveals where the
    # checkout is.
    command += ["--output-file", LOCK.relative_to(ROOT).as_posix(), *arguments, "pyproject.toml"]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return _HEADER + LOCK.read_text(encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write the lock; returns the exit code."""
    if "--help" in arguments or "-h" in arguments:
        print(__doc__)
        return 0
    if shutil.which("uv") is None:
        print("uv is not installed, and only it can lock for all systems at once: pip install uv", file=sys.stderr)
        return 2
    try:
        text = compile_lock(arguments)
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    LOCK.write_text(text, encoding="utf-8")
    name = LOCK.relative_to(ROOT).as_posix()
    print(f"{name} is written; now `pip install -r {name}`, and run the tests")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
