import importlib
import pkgutil

import steps

for _, _name, _ in pkgutil.walk_packages(steps.__path__, steps.__name__ + "."):
    importlib.import_module(_name)
