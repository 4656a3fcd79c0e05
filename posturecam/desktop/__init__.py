"""The desktop app, the only place that knows Qt: `posturecam.session` does the work, these modules show it."""
