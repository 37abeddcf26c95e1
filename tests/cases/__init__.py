"""The call-graph corpus and its scoring."""
