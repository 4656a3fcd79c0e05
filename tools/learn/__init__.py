"""How the learned posture estimator is trained and evaluated; the command is `tools/train_estimator.py`."""
