"""Handwritten digits: prepare, train, evaluate, export, serve; one tree, as such things grow."""
