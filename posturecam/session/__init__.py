"""The session: it watches, calibrates, coaches, alerts and records. Every shell is its client.

`core` decides what comes next and is pure; `runner` carries it out step by step and contains failures; for the app,
`engine` runs it in a thread of its own. `protocol/` defines what goes in (commands) and what `publisher` sends out
(snapshots and events).
"""
