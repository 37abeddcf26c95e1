"""The emitted runtime is tested where it is written: among the templates."""

from __future__ import annotations

import os
import sys

from decompose.resources import template_root

sys.path.insert(0, str(template_root() / "packages" / "runtime" / "src"))
os.environ.setdefault("SERVICE_TOKEN_SECRET", "a secret that only these tests know")
