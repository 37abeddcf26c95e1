"""The plan as a file that people edit: read with line-numbered errors, written back with their comments in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from io import StringIO
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from decompose.boundary.comments import remove_item
from decompose.errors import PlanError
from decompose.ir.plan import Circle, Decision, Limits, Plan, Resources, ServiceKind, ServicePlan, Verdict

WIDTH = 110
"""Columns after which a sentence is folded."""
_MODELS: Mapping[str, type[BaseModel]] = {
    "services": ServicePlan,
    "verdict": Verdict,
    "resources": Resources,
    "limits": Limits,
    "circles": Circle,
}
_CHOICES: Mapping[str, tuple[str, ...]] = {"kind": get_args(ServiceKind), "decision": get_args(Decision)}
_ALWAYS = frozenset(("version", "system", "name", "kind", "verdict", "decision"))
"""Fields that are written even when they hold their default."""


def parse_plan(text: str, path: str) -> Plan:
    """Return the plan in a text.

    Args:
        text: YAML.
        path: Name of the file, for messages.

    Raises:
        PlanError: With file and line, what is wrong there and what was probably meant.
    """
    tree = _load(text, path)
    if not isinstance(tree, CommentedMap):
        raise PlanError(
            f"{path}:1: a plan is a mapping with `system` and `services`", hint="`decompose propose` writes one"
        )
    try:
        plan = Plan.model_validate(_plain(tree))
    except ValidationError as error:
        raise _explained(error, tree, path) from error
    _check_names(plan, tree, path)
    return plan


def render_plan(plan: Plan, previous_text: str | None = None) -> str:
    """Return a plan as YAML: stable order, one entry a line.

    Args:
        plan: The plan.
        previous_text: The file as it stands: its comments, order and unknown formatting are kept, so that a change of
            one member changes two lines.

    Raises:
        PlanError: If the previous text is not YAML.
    """
    fresh = _tree(plan)
    if previous_text is None or not previous_text.strip():
        return _dump(fresh, offset=2)
    old = _load(previous_text, "decompose.yaml")
    if not isinstance(old, CommentedMap):
        return _dump(fresh, offset=2)
    _merge(old, fresh)
    return _dump(old, offset=0 if "\n- name" in previous_text else 2)


def _load(text: str, path: str) -> Any:
    """Return the YAML tree of a text, with comments and places.

    Raises:
        PlanError: If it is not YAML.
    """
    try:
        return _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        problem = str(error.problem or error.context or "not YAML").splitlines()[0]
        raise PlanError(f"{path}:{line}: {problem}", hint="check indentation, quotes and duplicate keys") from error
    except YAMLError as error:
        raise PlanError(f"{path}:1: {str(error).splitlines()[0]}", hint="save it as UTF-8 YAML") from error


def _yaml(offset: int = 2) -> YAML:
    """Return the reader and writer that keeps comments."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    return yaml


def _dump(tree: CommentedMap, *, offset: int) -> str:
    """Return a tree as text, without trailing spaces."""
    out = StringIO()
    _yaml(offset).dump(tree, out)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _plain(node: Any) -> Any:
    """Return a tree as plain lists, mappings and scalars."""
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node + "" if isinstance(node, str) else node


def _tree(record: BaseModel) -> CommentedMap:
    """Return a record as a tree, without fields that hold their default."""
    tree = CommentedMap()
    for name in type(record).model_fields:
        value = getattr(record, name)
        if name not in _ALWAYS and value == type(record).model_fields[name].default:
            continue
        if isinstance(value, BaseModel):
            tree[name] = _tree(value)
        elif isinstance(value, tuple):
            tree[name] = CommentedSeq([_item(item) for item in value])
        else:
            tree[name] = value
    return tree


def _item(item: Any) -> Any:
    """Return an item of a list as a tree; a list within a list stands on one line."""
    if isinstance(item, BaseModel):
        return _tree(item)
    if isinstance(item, tuple):
        inner = CommentedSeq(item)
        inner.fa.set_flow_style()
        return inner
    return item


def _merge(old: CommentedMap, new: CommentedMap) -> None:
    """Bring a tree to what another says, touching only what differs."""
    for key in [key for key in old if key not in new]:
        del old[key]
    for position, (key, value) in enumerate(new.items()):
        if key not in old:
            old.insert(min(position, len(old)), key, value)
        elif isinstance(value, CommentedMap) and isinstance(old[key], CommentedMap):
            _merge(old[key], value)
        elif isinstance(value, CommentedSeq) and isinstance(old[key], CommentedSeq):
            _merge_items(old[key], value)
        elif old[key] != value:
            old[key] = value


def _merge_items(old: CommentedSeq, new: CommentedSeq) -> None:
    """Bring a list to what another holds: what stays keeps its place, what is new goes beside its neighbour."""
    wanted = [_identity(item) for item in new]
    for index in reversed([i for i, item in enumerate(old) if _identity(item) not in wanted]):
        remove_item(old, index)
    present = [_identity(item) for item in old]
    for index, item in enumerate(new):
        if wanted[index] in present:
            place = present.index(wanted[index])
            if isinstance(item, CommentedMap) and isinstance(old[place], CommentedMap):
                _merge(old[place], item)
            continue
        before = next((present.index(w) for w in reversed(wanted[:index]) if w in present), -1)
        old.insert(before + 1, item)
        present.insert(before + 1, wanted[index])


def _identity(item: Any) -> str:
    """Return what an item of a list is known by: a service's name, a circle's services, else its text."""
    if isinstance(item, Mapping):
        return str(item.get("name", "")) or str([str(name) for name in item.get("services", ())])
    return str([str(part) for part in item]) if isinstance(item, list) else str(item)


def _check_names(plan: Plan, tree: CommentedMap, path: str) -> None:
    """Raise when two services have one name, or one has a reserved name."""
    seen: set[str] = set()
    for number, service in enumerate(plan.services):
        line = _line(tree, ("services", number, "name"))
        if service.name in ("shared", "offline", "dead"):
            hint = f"list its members under `{service.name}:` at the top level"
            raise PlanError(f"{path}:{line}: `{service.name}` is no name for a service", hint=hint)
        if service.name in seen:
            raise PlanError(f"{path}:{line}: a second service is called `{service.name}`", hint="join or rename one")
        seen.add(service.name)


def _explained(error: ValidationError, tree: CommentedMap, path: str) -> PlanError:
    """Return the first thing that validation found, with its line and a suggestion."""
    first = min(error.errors(), key=lambda found: (_line(tree, found["loc"]), str(found["loc"])))
    place = first["loc"]
    field = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
    where = f"{path}:{_line(tree, place)}"
    if first["type"] == "extra_forbidden":
        known = sorted(_model_at(place).model_fields)
        near = get_close_matches(field, known, n=1)
        return PlanError(
            f"{where}: unknown key `{field}`",
            hint=f"did you mean `{near[0]}`?" if near else f"known are {', '.join(known)}",
        )
    if first["type"] == "missing":
        return PlanError(f"{where}: `{field}` is missing", hint=f"add `{field}: …`")
    if field in _CHOICES:
        near = get_close_matches(str(first["input"]), _CHOICES[field], n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"one of {', '.join(_CHOICES[field])}"
        return PlanError(f"{where}: `{first['input']}` is no {field}", hint=hint)
    if field == "name":
        hint = "lower-case letters, digits and underscores, a letter first, at most 40"
        return PlanError(f"{where}: `{first['input']}` is no name for a service", hint=hint)
    message = first["msg"][:1].lower() + first["msg"][1:]
    return PlanError(f"{where}: `{field}`: {message}", hint="`decompose plan --help` explains every field")


def _model_at(place: Sequence[int | str]) -> type[BaseModel]:
    """Return the record that a place in the plan belongs to."""
    found: type[BaseModel] = Plan
    for part in place[:-1]:
        found = _MODELS.get(str(part), found)
    return found


def _line(tree: Any, place: Sequence[int | str]) -> int:
    """Return the line of a place in the tree, 1-based: of the nearest enclosing thing that the file has."""
    line, node = 1, tree
    for part in place:
        try:
            if isinstance(node, CommentedMap) and part in node:
                line = node.lc.key(part)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(part, int):
                line = node.lc.item(part)[0] + 1
            else:
                break
            node = node[part]
        except (KeyError, IndexError, TypeError):
            break
    return line
