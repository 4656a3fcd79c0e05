"""The languages of the program: one gettext catalogue for everything it says."""
