"""A delivery for tests and demonstrations."""

from __future__ import annotations

from dataclasses import dataclass, field

from posturecam.alerts.policy import Alert


@dataclass
class FakeDelivery:
    """Records what it is given; with `failure` set, raises that instead, both when delivering and when closing."""

    failure: Exception | None = None
    name: str = "fake"
    alerts: list[Alert] = field(default_factory=list)
    closed: bool = False

    def deliver(self, alert: Alert) -> None:
        """Record the alert.

        Raises:
            Exception: `failure`, if it is set.
        """
        if self.failure is not None:
            raise self.failure
        self.alerts.append(alert)

    def close(self) -> None:
        """Record that it was closed.

        Raises:
            Exception: `failure`, if it is set.
        """
        if self.failure is not None:
            raise self.failure
        self.closed = True
