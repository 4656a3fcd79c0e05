"""Keeps a pause in a file, so that "paused until tomorrow" and the wait for the setup also hold after a restart of the computer."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from posturecam.config.files import kept_file, put
from posturecam.config.reading import TooLarge, read_limited
from posturecam.errors import SettingsError
from posturecam.history.models import PAUSES
from posturecam.session.protocol.mode import Mode

if TYPE_CHECKING:
    from posturecam.session.protocol.messages import Snapshot

_FILE = "paused"
"""When the user's pause ends, as in ISO 8601; empty if only the user ends it. No file, no pause."""
_SETUP = "setup"
"""What the file says while the camera waits for the first-run setup."""
_MOST_BYTES = 100
_OVER = frozenset({Mode.WATCHING, Mode.CAMERA_LOST, Mode.OFF})
"""Modes in which no pause is left. After a stretch or a calibration, for example, one may continue."""


@dataclass(frozen=True, slots=True)
class KeptPause:
    """A pause that continues after a restart."""

    until: datetime | None = None
    """When it ends, local time with its offset; None: only the user ends it."""
    setup: bool = False
    """Whether the camera waits for the first-run setup; otherwise the user asked for it."""

    @property
    def note(self) -> str:
        """What the file says."""
        if self.setup:
            return _SETUP
        return "" if self.until is None else self.until.isoformat()


def _read() -> KeptPause | None:
    try:
        said = read_limited(kept_file(_FILE), _MOST_BYTES).decode("ascii").strip()
        if said in ("", _SETUP):
            return KeptPause(setup=said == _SETUP)
        return KeptPause(datetime.fromisoformat(said).astimezone())
    except (ValueError, OverflowError, TooLarge):  # damaged: keep the camera off, to be safe
        return KeptPause()
    except OSError:
        return None


class PauseKeeper:
    """Keeps the file up to date."""

    def __init__(self) -> None:
        """Begin with the file as it is."""
        self.kept = _read()
        """The pause that the file tells of; at first the one in which the app ended, whether or not it is over by now. None: no pause."""

    def take(self, snapshot: Snapshot) -> None:
        """Keep the pause of this moment, or forget it once it is over. Where nothing can be written, nothing is kept."""
        if snapshot.mode is Mode.PAUSED:
            now: KeptPause | None = KeptPause(snapshot.until, snapshot.why == PAUSES["setup"])
        elif snapshot.mode in _OVER:
            now = None
        else:
            return
        self._keep(now)

    def wait_for_setup(self) -> None:
        """Keep the camera off until the setup, from now on and not only from the first snapshot: the app may be quit or killed before that."""
        self._keep(KeptPause(setup=True))

    def _keep(self, now: KeptPause | None) -> None:
        if now == self.kept:
            return
        self.kept = now
        with contextlib.suppress(SettingsError, OSError):
            if now is None:
                kept_file(_FILE).unlink(missing_ok=True)
            else:
                put(kept_file(_FILE), now.note)
