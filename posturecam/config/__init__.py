"""The settings, the locations of files, and writing files atomically."""
