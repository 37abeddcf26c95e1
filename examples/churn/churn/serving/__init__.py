"""The online app."""
