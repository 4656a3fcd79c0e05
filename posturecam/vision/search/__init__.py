"""Finding somebody across a room and keeping track of them, by searching and tracking within parts of the picture."""
