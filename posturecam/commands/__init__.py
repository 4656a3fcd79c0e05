"""What each command does. One module a command; the command line imports it when the command runs."""
