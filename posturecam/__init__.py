"""posturecam: how you sit, measured through an ordinary webcam."""

__version__ = "0.1.0"
