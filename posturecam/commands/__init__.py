"""The work of each command, one module per command; the command line imports it when the command runs."""
