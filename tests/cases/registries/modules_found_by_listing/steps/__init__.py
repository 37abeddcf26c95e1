import importlib
import pkgutil

STEPS = {}


def step(function):
    STEPS[function.__name__] = function
    return function


for _info in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_info.name}")
