"""The short break at the desk: what it consists of, and how its time passes."""
