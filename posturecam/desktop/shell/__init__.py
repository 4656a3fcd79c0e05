"""The app as a whole: its start and end, its windows, the tray, and control from outside."""
