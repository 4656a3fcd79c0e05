"""What is set once for a whole run: where things are kept, and where its output goes."""
