"""The page Settings, made from the declarations."""
