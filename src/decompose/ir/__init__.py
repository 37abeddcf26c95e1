"""Records that the stages hand to each other; no behaviour beyond look-ups."""
