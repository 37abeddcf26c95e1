"""Which steps the pipeline of a system has: what the blueprint says can be run, without what needs words or is a part."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from decompose.ir.blueprint import JobStep
from decompose.ir.symbols import MODULE_BODY, module_of, path_pattern, qualname_of
from decompose.scaffold.territory import Territory


@dataclass(frozen=True, slots=True)
class StepContext:
    """One step of the pipeline as templates see it."""

    name: str
    """Unique in the pipeline: letters, digits and dashes."""
    service: str
    entry: str
    """Name under which the service runs it."""
    after: tuple[str, ...]
    inputs: tuple[str, ...]
    """Patterns of the files that it reads and does not write."""
    outputs: tuple[str, ...]
    is_closed: bool
    """Whether it reads and writes nothing else."""
    environment: tuple[str, ...] = ()
    """Variables that its service reads."""


def entry_name(symbol: str) -> str:
    """Return the name under which a service runs a symbol."""
    name = qualname_of(symbol)
    return module_of(symbol) if name == MODULE_BODY else name


def pipeline_steps(territory: Territory) -> tuple[StepContext, ...]:
    """Return the steps that make everything once, in an order that can be run."""
    free = [s for s in territory.blueprint.pipeline if not needs_words(territory, s.entry)]
    kept = {step.entry for step in _cover(free)}
    names: dict[str, str] = {}
    for step in territory.blueprint.pipeline:
        if step.entry in kept:
            names[step.entry] = _unique(entry_name(step.entry), names.values())
    return tuple(
        StepContext(
            name=names[step.entry],
            service=step.service,
            entry=entry_name(step.entry),
            after=tuple(names[entry] for entry in step.after if entry in names),
            inputs=_patterns(step.inputs),
            outputs=_patterns(step.outputs),
            is_closed=all(map(path_pattern, (*step.inputs, *step.outputs))),
            environment=territory.service_by_name[step.service].environment,
        )
        for step in territory.blueprint.pipeline
        if step.entry in kept
    )


def needs_words(territory: Territory, symbol: str) -> bool:
    """Return whether a program ends with a usage message when it is started without arguments.

    Known are argparse (a positional argument, a required option or command), click and typer arguments.
    """
    text = territory.text(module_of(symbol)) if module_of(symbol) in territory.modules else None
    if text is None:
        return False
    calls = [node for s in text.statements if s.node for node in ast.walk(s.node) if isinstance(node, ast.Call)]
    return any(_asks(call) for call in calls)


def _patterns(assets: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({pattern for asset in assets if (pattern := path_pattern(asset))}))


def _asks(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    options = {word.arg: word.value for word in call.keywords}
    required = options.get("required")
    if (
        isinstance(required, ast.Constant)
        and required.value is True
        and name in ("add_argument", "add_subparsers", "option")
    ):
        return True
    if name == "argument":
        return not (isinstance(required, ast.Constant) and required.value is False) and "default" not in options
    first = call.args[0] if call.args else None
    if name != "add_argument" or not isinstance(first, ast.Constant) or str(first.value).startswith("-"):
        return False
    nargs = options.get("nargs")
    return not (isinstance(nargs, ast.Constant) and nargs.value in ("?", "*"))


def _cover(steps: Iterable[JobStep]) -> list[JobStep]:
    """Return steps that together write everything that any of them writes, none of it twice where that can be.

    A step that does nothing but what several smaller ones do together (a `main` over stages that can each be run) gives
    way to them; one that does more than they do takes their place.
    """
    left = sorted(steps, key=lambda step: (-len(step.outputs), step.service, step.entry))
    kept: list[JobStep] = []
    while left:
        whole = left.pop(0)
        parts = [step for step in left if step.outputs and set(step.outputs) < set(whole.outputs)]
        done_by_parts = {output for step in parts for output in step.outputs}
        if len(parts) > 1 and done_by_parts == set(whole.outputs):
            continue
        kept.append(whole)
        left = [step for step in left if step not in parts and not _repeats(step, whole)]
    return kept


def _repeats(step: JobStep, other: JobStep) -> bool:
    return bool(step.outputs) and step.outputs == other.outputs


def _unique(wanted: str, taken: Iterable[str]) -> str:
    letters = (letter if letter.isascii() and letter.isalnum() else "-" for letter in wanted.lower())
    base = "".join(letters).strip("-") or "step"
    name, number, used = base, 2, set(taken)
    while name in used:
        name, number = f"{base}-{number}", number + 1
    return name
