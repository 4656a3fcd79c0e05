"""An engine for tests of windows: it does nothing and remembers what it was asked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from posturecam.coach.loop import Controls
from posturecam.config.settings import Settings
from posturecam.config.settings_file import change_settings, reset_settings
from posturecam.session.protocol.client import SessionClient


class FakeEngine:
    """Takes every request of `posturecam.session.protocol.client.SessionClient`; settings are really changed, in the test's own home."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.controls = Controls()
        self.settings = settings or Settings()
        self.asked: list[tuple[Any, ...]] = []
        """The name of each request and what came with it, in order."""

    def change_settings(self, changes: Mapping[str, str]) -> Settings:
        """Change them.

        Raises:
            SettingsError: as the store does.
        """
        self.asked.append(("change_settings", dict(changes)))
        self.settings = change_settings(changes)
        return self.settings

    def reset_settings(self) -> Settings:
        """Back to the defaults."""
        self.asked.append(("reset_settings",))
        reset_settings()
        self.settings = Settings()
        return self.settings


def _remembering(name: str) -> Callable[..., None]:
    """A request that is remembered, and refused where the real engine does not take it."""
    signature = inspect.signature(getattr(SessionClient, name))

    def remember(self: FakeEngine, *values: Any, **named: Any) -> None:
        signature.bind(self, *values, **named)
        self.asked.append((name, *values, *named.items()))

    return remember


for _name, _thing in vars(SessionClient).items():
    if inspect.isfunction(_thing) and not _name.startswith("_") and not hasattr(FakeEngine, _name):
        setattr(FakeEngine, _name, _remembering(_name))
