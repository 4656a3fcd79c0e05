"""The desktop app; the only place that knows Qt. `posturecam.engine` does the work, these modules show it."""
