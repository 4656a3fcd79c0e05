"""How the learned posture estimator is trained and judged; the command is `tools/train_estimator.py`."""
