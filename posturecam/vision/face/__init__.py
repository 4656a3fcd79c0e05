"""The face inside a crop about the head: its points, and from them where the head is."""
