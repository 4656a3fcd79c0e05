"""Telling the user: when is policy, how is delivery, and neither knows the other.

`decide` is a pure step like the monitor's; it never tells anything itself. `Deliveries` tells, and never decides. The
loop that joins them:

    policy = PolicyState()
    with closing(open_deliveries(settings.alerts.delivery)) as deliveries:
        for tick in watch(source, estimator, baselines, settings):
            t = tick.frame.t
            for response in deliveries.responses():
                policy = respond(policy, response, t)
            policy, alert = decide(policy, tick.state, t, datetime.now(), settings.alerts)
            if alert is not None:
                deliveries.deliver(alert)
"""

from posturecam.alerts.delivery import (
    Deliveries,
    Delivery,
    SoundDelivery,
    TerminalDelivery,
    open_deliveries,
)
from posturecam.alerts.fakes import FakeDelivery
from posturecam.alerts.notification import NotificationDelivery, check_notifications
from posturecam.alerts.policy import Alert, PolicyState, Response, decide, respond, silence
from posturecam.alerts.text import Words, describe, spoken_duration

__all__ = [
    "Alert",
    "Deliveries",
    "Delivery",
    "FakeDelivery",
    "NotificationDelivery",
    "PolicyState",
    "Response",
    "SoundDelivery",
    "TerminalDelivery",
    "Words",
    "check_notifications",
    "decide",
    "describe",
    "open_deliveries",
    "respond",
    "silence",
    "spoken_duration",
]
