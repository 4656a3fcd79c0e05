"""What goes in and out of a session: commands in, snapshots and events out."""
