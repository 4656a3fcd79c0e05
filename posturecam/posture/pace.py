"""How often to check: rarely while nothing happens, more often when the posture is about to matter."""

from __future__ import annotations

from posturecam.config.settings import PaceSettings
from posturecam.posture.monitor import MonitorState, Phase


def pace(state: MonitorState, settings: PaceSettings) -> float:
    """Seconds until the next check of a live source.

    A slouch that begins during a steady period is noticed at most `steady` seconds late, and delays its alert by no
    more.
    """
    if state.phase is Phase.UNKNOWN:
        return settings.alert if state.unknown_for < settings.give_up else settings.steady
    if state.phase in (Phase.DRIFTING, Phase.RECOVERING):
        return settings.alert
    return settings.steady
