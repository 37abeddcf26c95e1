"""What libraries' APIs do: their ML role, data assets, result types and resources, kept as data files."""

from decompose.knowledge.base import Knowledge, load
from decompose.knowledge.record import RECEIVER, Api

__all__ = ["RECEIVER", "Api", "Knowledge", "load"]
