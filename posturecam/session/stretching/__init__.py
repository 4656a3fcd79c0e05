"""A guided stretch session: the coach with its voice and its history."""
