"""The settings, where files lie, and writing them whole."""
