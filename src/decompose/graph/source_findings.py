"""Findings read off single files: undefined names, secrets, splits without a seed, models without a version."""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Iterator, Sequence

from decompose.graph.core import Core
from decompose.graph.library import LibraryCall, argument_values, texts_of, unit_of
from decompose.graph.modules import ModuleInfo, is_test_path
from decompose.graph.survey import Uses
from decompose.graph.walk import expressions_of, statements_of
from decompose.ir import facts as f
from decompose.ir.facts import ConfigFact, line_of
from decompose.ir.findings import Finding, Span
from decompose.ir.symbols import join

_BUILTINS = frozenset(
    (*dir(builtins), "__file__", "__name__", "__doc__", "__path__", "__builtins__", "__spec__", "__class__",
     "__package__", "__loader__", "__annotations__", "__qualname__", "__module__", "WindowsError", "reveal_type")
)  # fmt: skip
_NOTEBOOK = frozenset(("display", "get_ipython", "In", "Out", "_", "__", "dbutils", "spark", "sc"))
_CONFIGURED = re.compile(r"(?:^|/)(?:ipython|jupyter\w*)_config\.py$")
"""Files that are run with the configuration `c` at hand."""
_KEYS = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|sk-(?:proj-)?[A-Za-z0-9]{32,}|hf_[A-Za-z0-9]{30,}|xox[bap]-[0-9A-Za-z-]{20,}"
    r"|AIza[0-9A-Za-z_\-]{35}|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----"
)
_IN_URL = re.compile(r"[?&](?:api_?key|apikey|token|access_token|appid|key)=([A-Za-z0-9_\-]{20,})", re.IGNORECASE)
_IN_DSN = re.compile(r"^[a-z][a-z0-9+]*://[^:/\s]+:([^@/\s{}$<%]{6,})@")
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:password|passwd|secret|secret_key|api_key|apikey|auth_token|access_token|private_key)$", re.I
)
_PLACEHOLDER = re.compile(
    r"example|changeme|your|xxx|dummy|test|placeholder|secret|password|<|\{|^\$|\$\(|none|null|\*\*\*|\.\.\.", re.I
)
_OPENING = frozenset(("exec", "globals", "locals", "vars"))
_SEEDING = frozenset(("seed", "seed_everything", "set_seed", "set_random_seed"))
"""Calls after which every draw from the global generators repeats."""
_BITS = 3.0
"""Shannon entropy, in bits a character, that a random key exceeds and a word does not."""
_SHORTEST = 12
"""Characters of a string that may be a secret."""
_SHORTEST_UNNAMED = 16
"""The same of one in source that no name calls anything."""


def undefined_names(info: ModuleInfo, uses: dict[tuple[str, int], Uses]) -> Iterator[Finding]:
    """Yield names that a file loads and nothing defines; none in a file whose names cannot be known."""
    facts = info.facts
    top = facts.scopes[0]
    if any(_is_open(scope, uses[facts.path, index]) for index, scope in enumerate(facts.scopes)):
        return
    known = set(top.local_names) | _BUILTINS | {g for s in facts.scopes for g in s.global_names}
    if facts.cells:
        known |= _NOTEBOOK
    if _CONFIGURED.search(facts.path):
        known |= {"c", "get_config"}
    for index, scope in enumerate(facts.scopes):
        foreign = [name for name in uses[facts.path, index].loads if name not in known]
        visible = _visible(facts.scopes, index) if foreign else set()
        inner = _comprehended(facts.path, facts.scopes, index, uses) if foreign else set()
        for name in foreign:
            pos = uses[facts.path, index].loads[name]
            if name not in visible and name not in inner and not _is_guarded(scope):
                yield Finding(
                    "DC307", "error", Span(facts.path, line_of(pos)), f"`{name}` is used but never defined or imported",
                    f"import or define `{name}` in `{facts.path}`", join(info.name, scope.qualname),
                )  # fmt: skip


def _is_open(scope: f.ScopeFact, uses: Uses) -> bool:
    """Whether names may come from where nobody sees them: a star import, `exec`, `globals()`."""
    if any(node[0] == f.FROM and any(name == "*" for name, _ in node[3]) for node in uses.imports):
        return True
    return not _OPENING.isdisjoint(uses.loads) and any(
        part[0] == f.CALL and part[2][0] == f.NAME and part[2][1] in _OPENING for part in expressions_of(scope.body)
    )


def _visible(scopes: list[f.ScopeFact], index: int) -> set[str]:
    visible: set[str] = set()
    first = True
    while index > 0:
        scope = scopes[index]
        if scope.kind != "class" or first:
            visible |= set(scope.local_names) | {p.name for p in scope.parameters} | set(scope.nonlocal_names)
        first = False
        index = scope.parent
    return visible


def _comprehended(path: str, scopes: list[f.ScopeFact], index: int, uses: dict[tuple[str, int], Uses]) -> set[str]:
    """Return names that comprehensions of a scope, or of those round it, bind: a lambda inside sees them."""
    found: set[str] = set()
    while index >= 0:
        found |= uses[path, index].inner
        index = scopes[index].parent
    return found


def _is_guarded(scope: f.ScopeFact) -> bool:
    """Whether the scope itself catches a `NameError`."""
    for node in statements_of(scope.body):
        if node[0] == f.TRY and any(h[0] is not None and "NameError" in str(h[0]) for h in node[2]):
            return True
    return False


def secrets(info: ModuleInfo, uses: dict[tuple[str, int], Uses]) -> Iterator[Finding]:
    """Yield secrets in the strings of a file, masked."""
    for index, scope in enumerate(info.facts.scopes):
        for text, name, pos in uses[info.facts.path, index].texts:
            if len(text) >= (_SHORTEST if name else _SHORTEST_UNNAMED):
                found = secret_in(text, name)
                if found:
                    yield _secret(info.facts.path, line_of(pos), found, join(info.name, scope.qualname))


def config_secrets(config: ConfigFact) -> Iterator[Finding]:
    """Yield secrets in the values of a configuration file, masked."""
    stack: list[tuple[str, object]] = [("", config.content)]
    while stack:
        name, value = stack.pop()
        if isinstance(value, dict):
            stack.extend((str(k), v) for k, v in value.items())
        elif isinstance(value, list):
            stack.extend((name, v) for v in value)
        elif isinstance(value, str):
            found = secret_in(value, name)
            if found:
                yield _secret(config.path, config.lines.get(value, 1), found, "")


def secret_in(text: str, name: str = "") -> str:
    """Return the secret that a string holds; empty when it holds none.

    Args:
        text: The string.
        name: What it is assigned to, as far as that is a name.
    """
    if len(text) < _SHORTEST:
        return ""
    match = _KEYS.search(text)
    if match:
        return match[0]
    for pattern in (_IN_URL, _IN_DSN):
        match = pattern.search(text)
        if match and _is_random(match[1]):
            return match[1]
    if name and _SECRET_NAME.search(name) and " " not in text and "/" not in text:
        return text if _is_random(text) else ""
    return ""


def _is_random(text: str) -> bool:
    """Whether a text looks like a key: no word of any language, no stand-in for one."""
    return _entropy(text) > _BITS and not _PLACEHOLDER.search(text) and bool(re.search(r"\d", text))


def _entropy(text: str) -> float:
    return -sum((n := text.count(c) / len(text)) * math.log2(n) for c in set(text))


def _secret(path: str, line: int, text: str, symbol: str) -> Finding:
    masked = f"{text[:4]}…{len(text)} characters"
    return Finding(
        "DC308", "warning", Span(path, line), f"a secret stands in the source (`{masked}`)",
        "revoke it, and read the new one from the environment", symbol,
    )  # fmt: skip


def call_findings(core: Core, calls: Sequence[LibraryCall]) -> Iterator[Finding]:
    """Yield findings about single library calls: splits without a seed, models without a version."""
    seen: set[tuple[str, int, str]] = set()
    is_seeded = any(call.name.rpartition(".")[2] in _SEEDING for call in calls)
    for call in calls:
        code, message, hint = _judge(core, call)
        path = call.frame.module.facts.path
        if (code == "DC309" and is_seeded) or is_test_path(path):
            continue
        if code and (path, call.line, code) not in seen:
            seen.add((path, call.line, code))
            yield Finding(code, "note", Span(path, call.line), message, hint, unit_of(call.frame, call.line))


def _judge(core: Core, call) -> tuple[str, str, str]:  # type: ignore[no-untyped-def]
    name = call.api.name
    if name == "sklearn.model_selection.train_test_split":
        keywords = {k for k, _ in call.record.node[4]}
        if not keywords & {"random_state", "shuffle", None}:
            return (
                "DC309",
                "the split is random and has no seed: every run trains on other rows",
                "pass `random_state=`",
            )
    if name == "torch.utils.data.random_split" and "generator" not in {k for k, _ in call.record.node[4]}:
        return "DC309", "the split is random and has no seed: every run trains on other rows", "pass `generator=`"
    if call.api.format == "mlflow" and call.api.effect == "read":
        values = argument_values(core, call, call.api.argument, call.api.position)
        for text in texts_of(core, values or frozenset()):
            if re.fullmatch(r"models:/[^/]+/(latest|None)", text.text):
                return "DC310", f"`{text.text}` is another model tomorrow", "name a version or an alias"
    return "", "", ""
