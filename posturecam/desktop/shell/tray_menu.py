"""The menu of the tray icon and of the small window that replaces it: a pure function of the snapshot.

What its entries do: `posturecam.desktop.widgets.actions`.
"""

from __future__ import annotations

from dataclasses import dataclass

from posturecam.alerts.text import answers
from posturecam.desktop.widgets.actions import POSTPONE, RESPONSES, SENSITIVITIES, SKIP, MenuAction, pauses
from posturecam.desktop.widgets.status_line import next_break, planned_today, status_line
from posturecam.history.models import PAUSES
from posturecam.i18n.translate import tr
from posturecam.session.protocol.messages import AlertRaised, BreakOffered, Snapshot
from posturecam.session.protocol.mode import Mode


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the menu: without an action and a submenu it is only information, without a text a separator."""

    text: str = ""
    act: MenuAction | None = None
    enabled: bool = True
    entries: tuple[MenuEntry, ...] = ()
    """Entries of its submenu; empty if there is none."""
    chosen: bool | None = None
    """Whether it is the current one of several choices; None if it is not a choice."""

    @property
    def is_line(self) -> bool:
        """Whether it is a separator."""
        return self == _LINE


_LINE = MenuEntry()


def menu_model(
    snapshot: Snapshot, offered: BreakOffered | None = None, sensitivity: str | None = None
) -> tuple[MenuEntry, ...]:
    """The menu for a snapshot.

    Args:
        snapshot: The current snapshot.
        offered: The break that is suggested and not answered yet; an open alert takes precedence.
        sensitivity: The setting `sensitivity.level`; None leaves out that choice.
    """
    stretching = snapshot.mode is Mode.STRETCHING
    ended = snapshot.mode is Mode.ENDED  # nothing would respond any more
    # The setup must mention the camera first, so that nobody turns it on without knowing.
    setup = snapshot.why == PAUSES["setup"]
    resumes = snapshot.mode is Mode.PAUSED and not setup
    busy = stretching or ended or snapshot.mode is Mode.CALIBRATING
    silent, alert = snapshot.outlook.silent, snapshot.alert
    offer = offered if alert is None and not busy else None
    says = [MenuEntry(status_line(snapshot))]
    if silent and snapshot.mode is Mode.WATCHING:
        says.append(MenuEntry(tr("No reminders: {why}").format(why=tr(silent))))
    if ended and snapshot.why:
        says.append(MenuEntry(tr("Quit and start posturecam again")))
    if offer is None and alert is None:
        says += [MenuEntry(line) for line in (next_break(snapshot), planned_today(snapshot)) if line]
    return (
        *says,
        *(_answers(alert) if alert is not None else ()),
        *(_offer(offer) if offer is not None else ()),
        _LINE,
        *((MenuEntry(tr("End the session"), MenuAction.END_SESSION),) if stretching else ()),
        *((MenuEntry(tr("Resume"), MenuAction.RESUME),) if resumes else ()),
        MenuEntry(
            tr("Pause"), enabled=not (ended or setup), entries=tuple(MenuEntry(text, act) for act, text in pauses())
        ),
        *((MenuEntry(tr("Sensitivity"), entries=_sensitivities(sensitivity)),) if sensitivity else ()),
        MenuEntry(tr("Recalibrate"), MenuAction.CALIBRATE, enabled=not busy),
        *(
            (MenuEntry(tr("Stretch now"), MenuAction.STRETCH, enabled=not busy),)
            if (alert is None or alert.alert.no_stretching) and offer is None
            else ()
        ),
        _LINE,
        MenuEntry(tr("Open posturecam"), MenuAction.OPEN),
        MenuEntry(tr("Quit"), MenuAction.QUIT),
    )


def _answers(alert: AlertRaised) -> tuple[MenuEntry, ...]:
    offered = answers(alert.alert)
    return (
        _LINE,
        MenuEntry(tr(alert.words.title)),
        *(MenuEntry(tr(offered[response]), act) for act, response in RESPONSES.items() if response in offered),
        MenuEntry(tr("Why?"), MenuAction.WHY),
    )


def _offer(offered: BreakOffered) -> tuple[MenuEntry, ...]:
    stretches = offered.offer.because.stretches
    take = MenuEntry(tr("Stretch now"), MenuAction.STRETCH) if stretches else MenuEntry(tr("Done"), MenuAction.RESTED)
    return (
        _LINE,
        MenuEntry(tr(offered.words.title)),
        take,
        MenuEntry(tr(POSTPONE), MenuAction.LATER),
        MenuEntry(tr(SKIP), MenuAction.SKIP),
    )


def _sensitivities(now: str) -> tuple[MenuEntry, ...]:
    return tuple(MenuEntry(tr(name), act, chosen=level == now) for level, (act, name) in SENSITIVITIES.items())
