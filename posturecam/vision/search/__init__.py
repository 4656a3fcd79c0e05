"""Finding somebody across a room, and not losing them: parts of the picture are searched, and followed in."""
