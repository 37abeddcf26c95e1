"""Source lines leave the machine inside a page: whatever looks like a secret in them is masked first."""

from __future__ import annotations

import re

MASK = "•••"
_NAMED = re.compile(
    r"""(?ix)
    ( [\w.\-\[\]'"]*
      (?: passw(?:or)?d | passwd | pwd | secret | token | api_?-?key | access_?-?key
      | private_?-?key | credential | auth )
      [\w.\-\]'"]* \s* [=:]\s* (?:[rbuf]{0,2}) )
    ( "[^"\n]{3,}" | '[^'\n]{3,}' )
    """
)
_URL = re.compile(r"(?i)([a-z][a-z0-9+.\-]*://[^\s:/@'\"]*:)[^\s@'\"]+(@)")
_KNOWN = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_\-]{16,}|xox[abprs]-[A-Za-z0-9\-]{10,}|hf_[A-Za-z0-9]{20,}"
    r"|eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_LONG = re.compile(
    r"(?<=['\"])(?=[A-Za-z0-9+/_\-]*\d)(?=[A-Za-z0-9+/_\-]*[A-Za-z])[A-Za-z0-9+/_\-]{32,}={0,2}(?=['\"])"
)
LONGEST_LINE = 220
"""Characters of a source line that are kept."""


def mask(line: str, *, longest: int = LONGEST_LINE) -> str:
    """Return a source line, shortened, with everything that looks like a secret replaced by dots."""
    masked = _NAMED.sub(lambda match: f"{match[1]}{match[2][0]}{MASK}{match[2][-1]}", line.strip())
    masked = _URL.sub(rf"\1{MASK}\2", masked)
    masked = _LONG.sub(MASK, _KNOWN.sub(MASK, masked))
    return masked if len(masked) <= longest else masked[: longest - 1] + "…"
