"""What is seen: pictures to poses, heads and people."""
