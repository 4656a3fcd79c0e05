"""Where settings and baselines are kept, and how they survive damage.

Settings are a TOML file that people may edit by hand; only what differs from the defaults is in it. Baselines are a JSON
file. Both are written to a temporary file first and then put in place, so that a crash or a full disk leaves the old one.
A damaged baseline file is set aside, never deleted. `POSTURECAM_HOME` replaces the system's own folder.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_origin

import platformdirs
import tomlkit
from pydantic import TypeAdapter, ValidationError
from tomlkit.exceptions import TOMLKitError

from posturecam.baseline import Baseline
from posturecam.errors import SettingsError
from posturecam.settings import Settings
from posturecam.view import View


def home() -> Path:
    """The folder of settings and baselines; it need not exist yet."""
    chosen = os.environ.get("POSTURECAM_HOME")
    return Path(chosen) if chosen else platformdirs.user_config_path("posturecam", appauthor=False)


def settings_path() -> Path:
    """The settings file; it need not exist."""
    return home() / "settings.toml"


def load_settings() -> Settings:
    """The user's settings; the defaults where there is no file.

    Raises:
        SettingsError: if the file cannot be read, is not TOML, or a value is unknown or outside its limits.
    """
    path = settings_path()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read ({_short(error)}); mend or remove it") from error
    try:
        return Settings.model_validate(tomlkit.parse(text).unwrap())
    except TOMLKitError as error:
        raise SettingsError(
            f"The settings file {path} is damaged ({_short(error)}); mend it, or start afresh with: posturecam settings --reset"
        ) from error
    except ValidationError as error:
        raise SettingsError(f"The settings file {path} cannot be used: {_first(error)}") from error


def load_or_begin_afresh() -> tuple[Settings, str | None]:
    """The user's settings, or the defaults and what to say: a file that cannot be used is kept aside, never overwritten."""
    try:
        return load_settings(), None
    except SettingsError as problem:
        try:
            aside = _set_aside(settings_path(), "damaged")
        except SettingsError as second:
            return Settings(), f"{problem}. {second}."
        return Settings(), f"{problem}. It is now {aside}; the defaults hold meanwhile."


def change_settings(changes: Mapping[str, str]) -> Settings:
    """Set settings, each given as `group.name`, in the file, all or none; returns the new settings.

    The user's own comments are kept. An empty value takes the default again.

    Raises:
        SettingsError: if there is no such setting, a value is not allowed, or the file cannot be read or written.
    """
    kinds = {key: _kind(key) for key in changes}
    load_settings()
    path = settings_path()
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    for key, value in changes.items():
        group, _, name = key.partition(".")
        table: Any = document.setdefault(group, tomlkit.table())
        if value:
            table[name] = _parsed(value, kinds[key])
        else:
            table.pop(name, None)
    try:
        settings = Settings.model_validate(document.unwrap())
    except ValidationError as error:
        raise SettingsError(f"Nothing was changed: {_first(error)}") from error
    _write(path, tomlkit.dumps(document))
    return settings


def _kind(key: str) -> Any:
    """The type of a setting, given as `group.name`."""
    group, _, name = key.partition(".")
    fields = Settings.model_fields
    if group not in fields or name not in fields[group].annotation.model_fields:  # type: ignore[union-attr]
        raise SettingsError(f"There is no setting '{key}'; see them all with: posturecam settings")
    return fields[group].annotation.model_fields[name].annotation  # type: ignore[union-attr]


def reset_settings() -> Path | None:
    """Go back to the defaults; the old file is kept aside, and its new place returned."""
    return _set_aside(settings_path(), "old")


def _parsed(value: str, kind: Any) -> Any:
    """A value typed by the user: the text itself for a text, even "0"; else TOML where it is TOML (5, true, ["sound"]).

    A list may be typed without brackets and quotes: sound,terminal.
    """
    if kind is str:
        return value
    parsed: Any = value
    with contextlib.suppress(TOMLKitError):
        parsed = tomlkit.value(value)
    if get_origin(kind) is tuple and isinstance(parsed, str):
        return [part.strip() for part in parsed.split(",")]
    return parsed


_BASELINES = TypeAdapter(list[Baseline])


@dataclass(frozen=True, slots=True)
class Baselines:
    """All baselines kept, and what had to be said about their file."""

    kept: tuple[Baseline, ...] = ()
    complaint: str | None = None
    """The file was damaged and set aside; one line for the user."""

    def of(self, camera: str) -> dict[View, Baseline]:
        """The usable baselines of one camera, by view."""
        return {
            baseline.view: baseline for baseline in self.kept if baseline.camera == camera and not baseline.outdated
        }

    def outdated(self, camera: str) -> Baseline | None:
        """A baseline of this camera that no longer fits, for saying so."""
        return next((baseline for baseline in self.kept if baseline.camera == camera and baseline.outdated), None)


def baselines_path() -> Path:
    """The file of baselines; it need not exist."""
    return home() / "baselines.json"


def load_baselines() -> Baselines:
    """Every baseline that was learned; a damaged file is set aside and said, so that nothing is lost silently."""
    path = baselines_path()
    try:
        return Baselines(tuple(_BASELINES.validate_json(path.read_bytes())))
    except FileNotFoundError:
        return Baselines()
    except OSError as error:
        return Baselines(complaint=f"The baselines in {path} cannot be read ({_short(error)})")
    except ValidationError:
        aside = _set_aside(path, "damaged")
        return Baselines(
            complaint=f"The baselines file was damaged and is now {aside}; calibrate again: posturecam calibrate"
        )


def save_baseline(baseline: Baseline) -> None:
    """Keep a baseline in place of the one for the same camera and view.

    Raises:
        SettingsError: if it cannot be written.
    """
    others = [kept for kept in load_baselines().kept if (kept.camera, kept.view) != (baseline.camera, baseline.view)]
    _write(baselines_path(), _BASELINES.dump_json([*others, baseline], indent=2).decode())


def mark_outdated(baseline: Baseline, reason: str) -> None:
    """Note that a baseline no longer fits, so that the next run asks for a new one.

    Raises:
        SettingsError: if it cannot be written.
    """
    save_baseline(replace(baseline, outdated=reason))


def _set_aside(path: Path, why: str) -> Path | None:
    if not path.exists():
        return None
    numbered = (path.with_name(f"{path.name}.{why}-{number}") for number in range(1, 1000))
    aside = next(candidate for candidate in numbered if not candidate.exists())
    with _explained(path):
        path.replace(aside)
    return aside


def _write(path: Path, text: str) -> None:
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)


def write_whole(path: Path, text: str, *, newline: str | None = None, mode: int | None = None) -> None:
    """Write a file so that it is either whole or what it was before, and leave nothing else behind.

    Args:
        path: The file; its folder must be there.
        text: Written as UTF-8.
        newline: As `open` takes it.
        mode: Permissions; only the user's own where not given.

    Raises:
        OSError: if it cannot be written.
    """
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=path.name, delete=False, encoding="utf-8", newline=newline
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    if mode is not None:
        temporary.chmod(mode)
    temporary.replace(path)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({_short(error)}); free some room, or choose another folder with POSTURECAM_HOME"
        ) from error


def _short(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).splitlines()[0]


def _first(error: ValidationError) -> str:
    """The first complaint, as `group.name: what was expected, got what`."""
    detail = error.errors()[0]
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"there is no setting '{key}'; see them all with: posturecam settings"
    expected = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "value_error":  # several settings that do not fit together; it names what it got
        return expected
    return f"{key}: {expected[0].lower()}{expected[1:]}, got {detail['input']!r}"
