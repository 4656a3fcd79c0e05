"""Rendered people with exact angles: bodies, postures, cameras, pictures, and the ground truth read from the posed mesh.

`python -m tools.render --help` lists what can be made. Needs `pip install -e '.[render]'`, and once `python -m
tools.render fetch`, which downloads the CC0 MakeHuman body (never committed, never installed for users).

Axes everywhere: meters; x to the person's left, y to the person's back (they face −y), z up, the floor at z = 0.
"""
