"""Alerting the user. Policy decides when, delivery decides how, and neither knows the other.

`decide` (`policy`) is a pure step like the monitor's; it has no side effects. `Deliveries` (`delivery`) delivers alerts and never decides. The
session asks `decide` and `outlook` for each tick and hands the user's answers to `respond` (`posturecam.session.rules.desk`); the shells deliver.
"""
