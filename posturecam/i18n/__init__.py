"""The languages of the program: one gettext catalog for all its texts."""
