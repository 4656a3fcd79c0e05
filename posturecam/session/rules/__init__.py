"""When to alert, keep silent, offer a break or release the camera. Pure."""
