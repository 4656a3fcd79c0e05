"""From pictures to landmarks: cameras, videos and recordings, the pose model, and which person is the user."""
