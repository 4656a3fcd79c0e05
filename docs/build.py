"""Writes the pages that are made from the code: `python docs/build.py`. A test says when that is due."""

from pathlib import Path

from posturecam.commands.settings import markdown
from posturecam.settings import Settings

if __name__ == "__main__":
    (Path(__file__).parent / "settings.md").write_text(markdown(Settings()), encoding="utf-8")
