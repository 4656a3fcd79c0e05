"""How posturecam is started from outside: the command line, and the entry and icon of the Linux menus.

Format: https://specifications.freedesktop.org/desktop-entry-spec/latest/
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from posturecam.config.files import NO_HOME, write_whole
from posturecam.config.reading import reason, remedy
from posturecam.errors import SettingsError
from posturecam.i18n.languages import LANGUAGES

_READABLE = 0o644


def launch_command(*, minimized: bool = False, executable: str = sys.executable) -> list[str]:
    """The command that starts this installation of posturecam: its console script, else its interpreter.

    Args:
        minimized: Start without a window.
        executable: The Python interpreter.
    """
    interpreter = Path(executable)
    windows = sys.platform == "win32"
    script = interpreter.with_name("posturecam.exe" if windows else "posturecam")
    quiet = interpreter.with_name("pythonw.exe")  # opens no console window
    if windows and quiet.is_file():
        command = [str(quiet), "-P", "-m", "posturecam"]  # -P: import nothing from the current folder
    elif script.is_file():
        command = [str(script)]
    else:
        command = [str(interpreter), "-P", "-m", "posturecam"]
    return [*command, "--minimized"] if minimized else command


def desktop_entry(command: Sequence[str], *, autostart: bool = False) -> str:
    """The text of `posturecam.desktop`.

    Args:
        command: Program and arguments.
        autostart: For the autostart folder instead of the menus.
    """
    lines = ["[Desktop Entry]", "Type=Application", "Version=1.0", "Name=posturecam"]
    lines += [
        f"Comment{'' if code == 'en' else f'[{one.system_name or code}]'}={one.menu_comment}"
        for code, one in LANGUAGES.items()
    ]
    lines += [f"Exec={' '.join(_quoted(part) for part in command)}", "Icon=posturecam", "Terminal=false"]
    lines += ["Categories=Utility;", "Keywords=posture;ergonomics;webcam;stretch;", "StartupNotify=false"]
    if autostart:
        lines.append("X-GNOME-Autostart-enabled=true")
    return "\n".join(lines) + "\n"


def _quoted(part: str) -> str:
    """An argument for the key Exec: quoted where necessary, with percent signs doubled."""
    if part and not set(part) & set(" \t\n\"'\\><~|&;$*?#()`%"):
        return part
    inner = part.replace("%", "%%")
    for sign in ("\\", '"', "`", "$"):
        inner = inner.replace(sign, "\\" + sign)
    return _escaped(f'"{inner}"')


def _escaped(text: str) -> str:
    """A text as the value of any key."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def program_of(command: str) -> str:
    """The program that a value of the key Exec starts; the reverse of how `desktop_entry` writes it."""
    escapes = {"s": " ", "n": "\n", "t": "\t", "r": "\r"}
    text = re.sub(r"\\(.)", lambda found: escapes.get(found[1], found[1]), command)
    quoted = re.match(r'"((?:[^"\\]|\\.)*)"', text, re.DOTALL)
    program = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL) if quoted else text.partition(" ")[0]
    return program.replace("%%", "%")


def data_home(environment: Mapping[str, str] = os.environ) -> Path:
    """Where menus look for the user's own entries and icons."""
    return _base(environment, "XDG_DATA_HOME", ".local/share")


def config_home(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder that holds the session's autostart folder."""
    return _base(environment, "XDG_CONFIG_HOME", ".config")


def _base(environment: Mapping[str, str], name: str, default: str) -> Path:
    chosen = Path(environment.get(name, ""))
    # The specification: a path that is not absolute is to be ignored.
    if chosen.is_absolute():
        return chosen
    try:
        return Path(environment.get("HOME") or Path.home()) / default
    except RuntimeError:
        return NO_HOME / default


def install_desktop_entry(icon: Path, command: Sequence[str] | None = None, *, data: Path | None = None) -> Path:
    """Add posturecam and its icon to the menus of a Linux desktop; returns the path of the entry.

    Args:
        icon: The SVG file of the icon.
        command: What the entry starts; by default this installation of posturecam.
        data: The folder of menus; by default the user's own.

    Raises:
        SettingsError: if the icon cannot be read or a file cannot be written.
    """
    entry, image = _places(data)
    try:
        picture = icon.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "The icon {path} cannot be read ({problem}); install posturecam again", path=icon, problem=reason(error)
        ) from error
    put(image, picture)
    put(entry, desktop_entry(command or launch_command()))
    return entry


def remove_desktop_entry(*, data: Path | None = None) -> None:
    """Remove posturecam and its icon from the menus, if they are there.

    Raises:
        SettingsError: if a file cannot be removed.
    """
    for path in _places(data):
        take_away(path)


def _places(data: Path | None) -> tuple[Path, Path]:
    data = data or data_home()
    return data / "applications/posturecam.desktop", data / "icons/hicolor/scalable/apps/posturecam.svg"


def put(path: Path, text: str) -> None:
    """Write a file whole, readable to all, with the folders it needs.

    Raises:
        SettingsError: if it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text, mode=_READABLE)
    except OSError as error:
        if NO_HOME in path.parents:
            raise SettingsError("Nothing can be saved because you have no home folder; set HOME first") from error
        raise SettingsError(
            "{path} cannot be written ({problem}); {remedy}",
            path=path,
            problem=reason(error),
            remedy=remedy(error),
        ) from error


def take_away(path: Path) -> None:
    """Remove a file, if it exists.

    Raises:
        SettingsError: if it cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(
            "{path} cannot be removed ({problem}); {remedy}", path=path, problem=reason(error), remedy=remedy(error)
        ) from error
