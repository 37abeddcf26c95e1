"""What looks like a secret: masked wherever a source line is shown, and never copied into what is written.

Two measures, on purpose. `mask` is for the eye and hides too much rather than too little. `find_secrets` decides
whether work is refused, so it names only what is hardly anything else: the published shapes of keys, passwords inside
addresses, and literals that a name calls secret and that no placeholder looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

MASK = "•••"
_NAMED = re.compile(
    r"""(?ix)
    ( (?: passw(?:or)?d | passwd | pwd | secret | token(?!i[sz]) | api_?-?key | access_?-?key
      | private_?-?key | signing_?-?key | credential | auth(?!ors?\b|ored) )
      [\w.\-\]'"]{0,40} \s* (?: :\s*str\s* )? [=:]\s* (?:[rbuf]{0,2}) )
    ( "[^"\n]{3,}" | '[^'\n]{3,}' )
    """
)
_URL = re.compile(r"(://([^\s:/@'\"\\]{0,200}):)([^\s@'\"/\\]{1,400})(@)")
_KNOWN = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{22,}"
    r"|sk-(?=[A-Za-z_\-]*\d)[A-Za-z0-9_\-]{16,}|sk_live_[A-Za-z0-9]{16,}|xox[abprs]-[A-Za-z0-9\-]{10,}"
    r"|hf_[A-Za-z0-9]{20,}|glpat-[A-Za-z0-9_\-]{20,}|AIza[A-Za-z0-9_\-]{33,}"
    r"|eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[A-Za-z0-9+/=\s]|\\n){0,8000}"
)
"""Each begins with a letter of its own, and not with `\\b`, which makes the search thirty times slower."""
_WORD_BEFORE = re.compile(r"(?<!\\)[A-Za-z0-9_]\Z")
"""A letter that is not the second half of an escape, as in `\\n`."""
_LONG = re.compile(
    r"(?<=['\"])(?=[A-Za-z0-9+/_\-]*\d)(?=[A-Za-z0-9+/_\-]*[A-Za-z])[A-Za-z0-9+/_\-]{32,}={0,2}(?=['\"])"
)
_PLACEHOLDER = re.compile(
    r"(?i)example|change|your|placeholder|dummy|sample|test|fake|todo|x{4}|\*{3}|\.\.\.|•|[<>{}$%\s()\[\]]|^(?:\w+[_.\-])?(?:password|secret|token|key)\d{0,3}$"
)
_NOT_A_VALUE = re.compile(r"[A-Z][A-Z0-9_]*|.*://.*|/.*|.*\.[a-z]{1,5}\d?")
"""The name of a variable, an address, a path, a file: what is called `token` or `secret` is then elsewhere."""
_ABOUT = re.compile(r"(?:algorithm|env|field|file|header|hash|id|key_name|length|name|path|prefix|type|url)s?\W*$")
"""Last word of a name that says something about a secret, and is none."""
_EVERYBODYS = frozenset({"admin", "guest", "minioadmin", "mysql", "password", "postgres", "root", "secret", "user"})
LONGEST_LINE = 220
"""Characters of a source line that are kept."""
_SHORTEST_PASSWORD = 8
_SHORTEST_TOKEN = 16
"""`token` is an everyday word of language processing: only a long value with digits is taken for a secret."""


@lru_cache(maxsize=1 << 16)
def mask(line: str, *, longest: int = LONGEST_LINE) -> str:
    """Return a source line, shortened, with everything that looks like a secret replaced by dots."""
    masked = _NAMED.sub(lambda match: f"{match[1]}{match[2][0]}{MASK}{match[2][-1]}", line.strip())
    masked = _URL.sub(rf"\1{MASK}\4", masked)
    masked = _LONG.sub(MASK, _KNOWN.sub(MASK, masked))
    return masked if len(masked) <= longest else masked[: longest - 1] + "…"


def find_secrets(text: str) -> Iterator[tuple[int, str]]:
    """Yield every secret in a text: the line, 1-based, and the line as it may be shown."""
    last = 0
    for start in sorted({match.start() for match in _matches(text)}):
        line = text.count("\n", 0, start) + 1
        if line != last:
            yield line, mask(text.split("\n")[line - 1])
        last = line


def hide_secrets(text: str, *, by_name: bool = True) -> str:
    """Return a text with its secrets replaced by dots; quotes, names and addresses stay.

    Args:
        text: Any text.
        by_name: Whether to look for what only its name calls a secret, as in source code.
    """
    for match in sorted(_matches(text, by_name=by_name), key=lambda match: -match.start()):
        whole = match[0]
        if match.re is _URL:
            whole = f"{match[1]}{MASK}{match[4]}"
        elif match.re is _NAMED:
            whole = f"{match[1]}{match[2][0]}{MASK}{match[2][-1]}"
        else:
            whole = MASK
        text = text[: match.start()] + whole + text[match.end() :]
    return text


def _matches(text: str, *, by_name: bool = True) -> Iterator[re.Match[str]]:
    """Yield what is surely a secret; none overlaps another."""
    end = 0
    shapes = (_KNOWN, _URL, _NAMED) if by_name else (_KNOWN, _URL)
    found = [match for shape in shapes for match in shape.finditer(text) if _is_secret(match)]
    for match in sorted(found, key=lambda match: (match.start(), -match.end())):
        if match.start() >= end:
            yield match
            end = match.end()


def _is_secret(match: re.Match[str]) -> bool:
    if match.re is _KNOWN:
        is_inside_a_word = _WORD_BEFORE.search(match.string, max(0, match.start() - 2), match.start())
        return not is_inside_a_word and "EXAMPLE" not in match[0]
    if match.re is _URL:
        user, password = match[2].lower(), match[3]
        return password.lower() not in {user, *_EVERYBODYS} and not _PLACEHOLDER.search(password)
    name, value = match[1].lower(), match[2][1:-1]
    if _ABOUT.search(re.split(r"[\s=:]", name)[0]):
        return False
    is_token = name.startswith(("token", "auth"))
    is_mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    if not is_mixed or len(value) < (_SHORTEST_TOKEN if is_token else _SHORTEST_PASSWORD):
        return False
    return not (_PLACEHOLDER.search(value) or _NOT_A_VALUE.fullmatch(value) or (is_token and "/" in value))
