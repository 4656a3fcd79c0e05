"""Judging by the face, with a camera in front: what it measures, and how far from upright that is."""
