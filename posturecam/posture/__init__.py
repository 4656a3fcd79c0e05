"""What is made of it: measures, how far from upright, and for how long."""
