"""The cases of `benchmarks/faults.py`: what is done to the program, and whether it coped.

A case is a function that is given an empty folder and a seed, tries one thing, and returns None, or a few words about
what failed. An exception is a failure too. To add cases, write a module in this folder; it is found automatically:

    from fault_cases import case

    @case("cameras", "a camera that stands still")
    def still(folder: Path, seed: int) -> str | None:
        ...
        return None if said else "nothing was said"
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Try = Callable[[Path, int], str | None]

KINDS = ("cameras", "clocks", "disks", "files", "history", "control")


@dataclass(frozen=True, slots=True)
class Case:
    """One case."""

    kind: str
    name: str
    run: Try
    seeds: int
    """Number of seeds: how often it is tried, each time differently."""
    fuzzed: bool
    """Whether it is tried as often as `--inputs` says."""
    most_bytes: int
    """Limit of resident memory."""

    @property
    def key(self) -> str:
        """Its name in the registry."""
        return f"{self.kind}: {self.name}"


CASES: dict[str, Case] = {}


def case(
    kind: str, name: str, *, seeds: int = 1, fuzzed: bool = False, most_bytes: int = 10**9
) -> Callable[[Try], Try]:
    """Register a function as a case.

    Args:
        kind: One of `KINDS`.
        name: A description for the table.
        seeds: How often it is tried, with seeds from 0.
        fuzzed: Try it as often as `--inputs` says instead.
        most_bytes: Resident memory that the process of the case may take.
    """
    assert kind in KINDS, kind

    def register(run: Try) -> Try:
        made = Case(kind, name, run, seeds, fuzzed, most_bytes)
        assert CASES.setdefault(made.key, made).run is run, f"two cases are called {made.key}"
        return run

    return register


def load() -> dict[str, Case]:
    """All cases, by kind and name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(CASES.items(), key=lambda one: (KINDS.index(one[1].kind), one[0])))


def part(attribute: str, *modules: str) -> Any:
    """A function or class of posturecam from the first of these modules that exists: 0.1.0 had it elsewhere."""
    for name in modules:
        try:
            return getattr(importlib.import_module(f"posturecam.{name}"), attribute)
        except (ImportError, AttributeError):
            continue
    raise ImportError(f"posturecam has no {attribute} in {', '.join(modules)}")


def refused_well(problem: BaseException) -> str | None:
    """What is wrong with how an input was refused: anything but one short printable line in an error of the project's own."""
    error = part("PosturecamError", "errors")
    text = str(problem)
    if not isinstance(problem, error):
        return f"{type(problem).__name__}: {text[:80]!r}"
    if len(text) > 700:
        return f"the message has {len(text)} characters"
    if any(ord(one) < 32 or 127 <= ord(one) < 160 for one in text):
        return f"the message has control characters: {text[:80]!r}"
    return None


def reads(reading: Callable[[], object]) -> str | None:
    """Read something: it must be accepted, or refused properly."""
    try:
        reading()
    except Exception as problem:
        return refused_well(problem)
    return None
