from .core import Worker, start
