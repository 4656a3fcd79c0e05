"""The inputs of a session: its camera, or a video in its place, and the state of the system."""
