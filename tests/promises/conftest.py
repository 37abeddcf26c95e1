"""Makes what hardening and promises share importable."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "hardening"))
