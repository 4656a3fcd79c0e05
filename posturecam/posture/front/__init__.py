"""Judging a camera in front by the face: what it measures, and how far from upright that is."""
