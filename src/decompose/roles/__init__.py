"""From graph to ML roles and resources, each with evidence."""

from decompose.roles.assign import assign

__all__ = ["assign"]
