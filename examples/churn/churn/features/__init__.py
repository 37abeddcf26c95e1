"""Features: one row per customer."""
