"""Judging by geometry: sagittal angles from the side, indices of the picture from the front. Pure."""
