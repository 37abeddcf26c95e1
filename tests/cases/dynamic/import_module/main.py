import importlib

module = importlib.import_module("plugins.text")
module.load()
loader = getattr(importlib.import_module("plugins.table"), "load")
loader()
