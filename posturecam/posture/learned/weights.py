"""Loads the learned estimator's weights; the only file access of the package."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from posturecam.config.arrays import read_arrays
from posturecam.config.reading import explained
from posturecam.config.resources import posture_estimator
from posturecam.config.settings import Settings
from posturecam.errors import ModelError
from posturecam.i18n.message import Message
from posturecam.posture.learned.decision import LearnedJudge
from posturecam.posture.learned.model import PostureModel

_MOST_BYTES = 50_000_000
"""Limit for all weights together, unpacked, bytes; those shipped with the program take 0.2 MB."""


@lru_cache(maxsize=2)
def load_model(path: Path | None = None) -> PostureModel:
    """Load the estimator from a file of weights; by default the one shipped with the program.

    Raises:
        ModelError: if the file is missing or damaged.
    """
    path = path or posture_estimator()
    with explained(
        lambda _: ModelError("The learned estimator {path} is damaged; install posturecam again", path=path)
    ):
        arrays = read_arrays(path, None, most_bytes=_MOST_BYTES)
        if not all(np.isfinite(array).all() for array in arrays.values()):
            raise ValueError("weights that are no numbers")
        return PostureModel.from_arrays(arrays)


def load_learned(settings: Settings) -> PostureModel | None:
    """The learned estimator shipped with the program, or None if the settings choose geometry.

    Raises:
        ModelError: if the weights are missing or damaged.
    """
    return load_model() if settings.learned.enabled else None


def load_judge(settings: Settings) -> LearnedJudge | None:
    """The learned estimator as a judge, or None if the settings choose geometry.

    Args:
        settings: Every threshold; `learned.enabled` chooses.

    Raises:
        ModelError: if the weights are missing or damaged.

    Example:
        >>> from posturecam import RecordingSource, Settings, load_judge, watch
        >>> settings = Settings()
        >>> with RecordingSource("desk_front.npz", time_scale=15) as recording:
        ...     ticks = list(watch(recording, lambda frame: None, settings=settings, judge=load_judge(settings)))
        >>> [type(event).__name__ for tick in ticks for event in tick.events]
        ['SlouchSustained', 'SlouchEnded']
    """
    model = load_learned(settings)
    return None if model is None else LearnedJudge(model)


def judge_or_geometry(settings: Settings, complain: Callable[[str], None]) -> LearnedJudge | None:
    """Like `load_judge`; if the weights are missing or damaged, complain and let geometry judge alone."""
    try:
        return load_judge(settings)
    except ModelError as problem:
        complain(Message("{problem}. Until then your posture is judged by geometry alone.", problem=problem.text))
        return None
