"""Code that runs inside the user's own interpreter: standard library only, Python 3.9 or newer, no `decompose`.

`parity.sandbox` copies this package under the name `decompose_probe` beside the copied monolith, so that it is
importable wherever the user's project runs. Its modules reach each other by relative imports alone.
"""

from __future__ import annotations
