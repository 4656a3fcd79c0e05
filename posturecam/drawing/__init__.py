"""What every shell draws with: the canvas, the skeleton, the poses of exercises, plots."""
