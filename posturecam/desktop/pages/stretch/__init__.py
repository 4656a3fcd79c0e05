"""The page Stretch: choose, answer, exercise, look back."""
