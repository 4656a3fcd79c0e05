"""The page Now: how the user sits at this moment."""
