"""What PySide does to modules that are imported after it."""

from __future__ import annotations

import importlib
import linecache
import subprocess
import sys
from pathlib import Path

import pytest

import posturecam.desktop.shell  # noqa: F401  # as the app begins


def test_the_source_of_what_is_imported_after_qt_is_not_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    inner, outer = tmp_path / "imported_by_the_other.py", tmp_path / "imported_after_qt.py"
    inner.write_text("VALUE = 1\n")
    outer.write_text("from imported_by_the_other import VALUE\n")
    importlib.invalidate_caches()
    assert importlib.import_module("imported_after_qt").VALUE == 1
    assert str(inner) not in linecache.cache


def test_the_app_imports_pyside_in_its_own_way_first() -> None:
    """Otherwise Ctrl-C during the import aborts the whole process."""
    code = "import sys, posturecam.desktop.start; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert said.index("posturecam.desktop.plain_imports") < said.index("PySide6")
