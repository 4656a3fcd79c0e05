"""`python -m posturecam.system`: shows what can be read of the system here, and how long a reading takes."""

from __future__ import annotations

import time
from contextlib import closing

from rich.console import Console
from rich.table import Table

from posturecam.system import System, open_system
from posturecam.system.autostart import open_autostart
from posturecam.system.report import lines


def main() -> None:
    """Read the state once, and print it."""
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
