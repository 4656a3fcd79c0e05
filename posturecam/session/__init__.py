"""What runs: one session that watches, calibrates, coaches, tells and keeps. Every shell is its client.

`core` decides what comes next and is pure; `runner` carries it out a step at a time, and contains what fails; `engine` does so in a
thread of its own, for the app. `protocol/` is what goes in and out: commands, and by way of `publisher` snapshots and events.
"""
