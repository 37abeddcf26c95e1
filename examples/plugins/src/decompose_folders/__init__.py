"""Plug-ins for decompose: one partitioner, one target."""
