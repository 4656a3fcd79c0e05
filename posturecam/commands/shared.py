"""What several commands need: the user's settings and baselines, and the source that was named."""

from __future__ import annotations

import logging
import sys

from posturecam.frame import Source
from posturecam.settings import Settings
from posturecam.sources import VideoOptions, open_source
from posturecam.store import Baselines, load_baselines, load_settings

log = logging.getLogger("posturecam")


def prepare(what: str, **options: object) -> tuple[Settings, Source, Baselines]:
    """The user's settings and baselines, and the source that was named ("" is the default camera).

    Raises:
        PosturecamError: if any of them cannot be used.
    """
    logging.basicConfig(format="posturecam: %(message)s", level=logging.WARNING, stream=sys.stderr)
    settings = load_settings()
    baselines = load_baselines()
    if baselines.complaint:
        log.warning("%s", baselines.complaint)
    wanted: VideoOptions = options  # type: ignore[assignment]  # named by the callers in this package
    return settings, open_source(what, settings, **wanted), baselines
