"""The rules of when to alert, stay silent, suggest a break or release the camera. Pure."""
