"""The coach's voice: the operating system's own, offline, beside chimes of our own; `posturecam.voice.speech` shows how."""
