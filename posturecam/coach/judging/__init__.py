"""One exercise judged: set-up, conditions, faults, depth, repetitions. Pure."""
