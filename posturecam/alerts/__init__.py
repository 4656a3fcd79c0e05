"""Alerting the user. Policy decides when, delivery decides how, and neither knows the other.

`decide` is a pure step like the monitor's; it has no side effects. `Deliveries` delivers alerts and never decides. The session asks
`decide` and `outlook` for each tick and hands the user's answers to `respond` (`posturecam.session.rules.desk`); the shells deliver.
"""

from posturecam.alerts.policy import Alert, Outlook, PolicyState, Response, decide, outlook, respond, silence
from posturecam.alerts.text import Words, describe, spoken_duration

__all__ = [
    "Alert",
    "Outlook",
    "PolicyState",
    "Response",
    "Words",
    "decide",
    "describe",
    "outlook",
    "respond",
    "silence",
    "spoken_duration",
]
