"""Tools for the people who develop posturecam; nothing here is installed for its users."""
