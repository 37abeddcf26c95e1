"""Drift between what the model was trained on and what it sees now."""
