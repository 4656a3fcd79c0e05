"""How an alert reaches the user. A delivery that fails never stops the loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

from posturecam.alerts.notification import NotificationDelivery
from posturecam.alerts.policy import Alert, Response
from posturecam.alerts.text import describe
from posturecam.alerts.trouble import Trouble
from posturecam.i18n.translate import tr

if TYPE_CHECKING:  # the app needs this module at startup, but no terminal
    from rich.console import Console


class Delivery(Protocol):
    """One way to give an alert. `deliver` returns at once; whatever it raises is logged, and the loop continues."""

    @property
    def name(self) -> str:
        """Its name in the setting `alerts.delivery`."""

    def deliver(self, alert: Alert) -> None:
        """Deliver the alert."""

    def close(self) -> None:
        """Release its resources. Nothing may be delivered afterwards."""


class TerminalDelivery:
    """A line in the terminal."""

    name = "terminal"

    def __init__(self, console: Console) -> None:
        self._console = console

    def deliver(self, alert: Alert) -> None:
        """Print the alert."""
        from rich.text import Text

        words = describe(alert)
        self._console.print(
            Text.assemble((tr(words.title), "bold yellow"), " ", tr(words.body)),
            soft_wrap=not self._console.is_terminal,
        )

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


class SoundDelivery:
    """The terminal's bell, which needs no audio library; the terminal's own settings decide how it sounds."""

    name = "sound"

    def __init__(self, console: Console) -> None:
        self._console = console

    def deliver(self, alert: Alert) -> None:
        """Ring once.

        Raises:
            OSError: if the output is not a terminal, and so has no bell.
        """
        if not self._console.is_terminal:
            raise OSError("the output is not a terminal, and only a terminal has a bell")
        self._console.bell()

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


class Deliveries:
    """Several deliveries as one that never raises: a failing delivery is logged once, and the others continue."""

    def __init__(self, deliveries: Iterable[Delivery], responses: SimpleQueue[Response] | None = None) -> None:
        """Join deliveries.

        Args:
            deliveries: Called in this order.
            responses: Where they put the user's answers; None if none of them has buttons.
        """
        self._deliveries = [(delivery, Trouble(delivery.name)) for delivery in deliveries]
        self._responses: SimpleQueue[Response] = SimpleQueue() if responses is None else responses

    def deliver(self, alert: Alert) -> None:
        """Deliver the alert in every way."""
        for delivery, trouble in self._deliveries:
            try:
                delivery.deliver(alert)
            except Exception as problem:
                trouble.report(problem)

    def responses(self) -> Iterator[Response]:
        """The user's answers since the last call, without waiting."""
        with suppress(Empty):
            while True:
                yield self._responses.get_nowait()

    def close(self) -> None:
        """Close every delivery."""
        for delivery, trouble in self._deliveries:
            try:
                delivery.close()
            except Exception as problem:
                trouble.report(problem)


def open_deliveries(names: Iterable[str], console: Console | None = None) -> Deliveries:
    """Open the deliveries that the setting `alerts.delivery` names, each once.

    With both a notification and a sound, the sound is the notification's own where the system plays one.

    Args:
        names: "notification", "sound", "terminal".
        console: Where to print and ring; None uses standard error.

    Raises:
        ValueError: for any other name.
    """
    wanted = dict.fromkeys(names)
    unknown = wanted.keys() - {"notification", "sound", "terminal"}
    if unknown:
        raise ValueError(f"no delivery is named {', '.join(sorted(unknown))}; there are notification, sound, terminal")
    if console is None:
        from rich.console import Console

        console = Console(stderr=True)
    responses: SimpleQueue[Response] = SimpleQueue()
    opened: list[Delivery] = []
    if "notification" in wanted:
        bell = Deliveries([SoundDelivery(console)]).deliver if "sound" in wanted else None
        opened.append(NotificationDelivery(responses, bell))
    elif "sound" in wanted:
        opened.append(SoundDelivery(console))
    if "terminal" in wanted:
        opened.append(TerminalDelivery(console))
    return Deliveries(opened, responses)
