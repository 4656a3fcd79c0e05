"""Live views in the terminal, and the coach's window of the command line."""
