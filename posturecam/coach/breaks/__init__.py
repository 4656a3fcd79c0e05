"""The short break at the desk: what is done in it, and how its time goes by."""
