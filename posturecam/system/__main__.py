"""`python -m posturecam.system`: shows what can be read of the system here, and how long a reading takes."""

from __future__ import annotations

import sys
import time
from contextlib import closing

from rich.console import Console
from rich.table import Table

from posturecam.config import stdout
from posturecam.errors import OutputError
from posturecam.system import System, open_system
from posturecam.system.autostart import open_autostart
from posturecam.system.report import lines


def main() -> None:
    """Read the state once, and print it, whatever standard output is; a failure is one line, and Ctrl-C none."""
    stdout.print_anything()
    stdout.guard()
    try:
        with stdout.even_without_reader():
            _print_state()
        stdout.write_out()
    except OutputError as error:
        print(f"posturecam: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


def _print_state() -> None:
    with closing(open_system()) as system:
        table, seconds = shown(system)
    autostart = open_autostart()
    console = Console()
    console.print(table)
    console.print(
        f"starts with the session: {'yes' if autostart.enabled() else 'no'} ({autostart.where})", highlight=False
    )
    console.print(f"the reading took {1000 * seconds:.0f} ms", highlight=False)


def shown(system: System) -> tuple[Table, float]:
    """One reading as a table, and how many seconds it took."""
    began = time.perf_counter()
    state = system.look()
    seconds = time.perf_counter() - began
    table = Table("what", "", "value, or why there is none", box=None, pad_edge=False)
    for line in lines(state):
        table.add_row(line.label, "✓" if line.known else "–", line.text, style="" if line.known else "dim")
    return table, seconds


if __name__ == "__main__":
    main()
