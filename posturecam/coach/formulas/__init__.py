"""What the named measures of exercises are, as plane geometry on the points of one pose. Pure."""
