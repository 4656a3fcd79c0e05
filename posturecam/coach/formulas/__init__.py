"""The formulas of the exercises' named measures, as plane geometry on the points of one pose. Pure."""
