"""Take a monolithic machine-learning codebase apart into services that run, and prove that they give the same answers.

Example:
    ```python
    import decompose

    system = decompose.analyze("path/to/monolith")
    plan = decompose.propose(system)
    tree = decompose.generate(plan, system)
    ```
"""

from __future__ import annotations

from decompose.api import (
    analyze,
    blueprint,
    generate,
    propose,
    read_plan,
    verify,
    write_plan,
)
from decompose.api import display as _display
from decompose.errors import DecomposeError
from decompose.ir import notebook

__version__ = "0.1.0"

notebook.draw_with(_display)

__all__ = [
    "DecomposeError",
    "__version__",
    "analyze",
    "blueprint",
    "generate",
    "propose",
    "read_plan",
    "verify",
    "write_plan",
]
