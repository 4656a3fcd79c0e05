"""What the app paints: the figure of a moment, gauges, charts, the timeline."""
