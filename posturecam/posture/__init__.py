"""From landmarks to a judgment: measures, views, baselines and the monitor. Pure: time is an argument, and there is no I/O."""
