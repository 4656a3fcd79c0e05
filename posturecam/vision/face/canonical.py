"""The face points that move little with expression: which of MediaPipe's 478, and where they lie on its canonical face.

Copied from the metadata in `models/face_landmarker.task`, which `models/build.py` reads (`canonical_face`);
`tests/models/test_models.py` compares the two. The canonical face is an average one: a head of another size measures as
nearer or farther away, always by the same ratio.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

CHIN = 152
"""The lowest point of the chin."""

_STABLE: Mapping[int, tuple[float, float, float]] = {
    # forehead and brows
    10: (0.000, 8.262, 4.482),
    105: (-3.987, 5.109, 4.466),
    334: (3.987, 5.109, 4.466),
    # eye corners
    33: (-4.446, 2.664, 3.173),
    133: (-1.856, 2.585, 3.758),
    362: (1.856, 2.585, 3.758),
    263: (4.446, 2.664, 3.173),
    # nose
    168: (0.000, 3.271, 5.236),
    6: (0.000, 2.473, 5.789),
    197: (0.000, 1.728, 6.317),
    5: (0.000, 0.366, 7.243),
    4: (0.000, -0.463, 7.587),
    1: (0.000, -1.127, 7.476),
    # mouth corners
    61: (-2.456, -4.343, 4.284),
    291: (2.456, -4.343, 4.284),
    # in front of the ears, and jaw line
    127: (-7.743, 2.365, -2.005),
    356: (7.743, 2.365, -2.005),
    234: (-7.664, 0.673, -2.436),
    454: (7.664, 0.673, -2.436),
    58: (-6.720, -4.789, -1.745),
    288: (6.720, -4.789, -1.745),
    172: (-5.941, -6.224, -0.631),
    397: (5.941, -6.224, -0.631),
    # chin
    149: (-3.211, -8.533, 2.802),
    378: (3.211, -8.533, 2.802),
    152: (0.000, -9.403, 4.264),
}

INDICES: NDArray[np.int64] = np.array(list(_STABLE), np.int64)
"""Shape (26,): indices into the 478 points."""
POINTS: NDArray[np.float64] = np.array(list(_STABLE.values()), np.float64)
"""Shape (26, 3), centimeters: x to the face's own left, y up, z out of the face. The origin lies inside the head, 2.4
cm in front of the ears, so nodding hardly moves it."""
