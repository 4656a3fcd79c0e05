"""What PySide does to modules that are imported after it."""

from __future__ import annotations

import importlib
import linecache
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
