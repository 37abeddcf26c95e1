"""Models of library calls that hand back what they are given, wrapped or chosen, or that run a registered command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from decompose.graph import rules
from decompose.graph.objects import (
    EMPTY,
    RECEIVER,
    Box,
    Class,
    External,
    ExternalInstance,
    Frame,
    Function,
    Instance,
    Text,
    Values,
    place_of,
)

Model = Callable[[Any, Frame, list[Values], dict[str, Values], int, Any], Values]
STEPPED = (
    "sklearn.pipeline.",
    "sklearn.compose.",
    "sklearn.ensemble.Voting",
    "sklearn.ensemble.Stacking",
    "imblearn.pipeline.",
)
"""Prefixes of the types of estimators that are made with a list of (name, estimator) pairs."""
MAX_WRAPPINGS = 4
"""Calls between an estimator and what its methods gave back (`Pipeline(…).fit(…)`)."""


# -- members of external containers, by key ----------------------------------------------------------------------------


def member_of(s: Any, frame: Frame, made: object, key: Values) -> Values:
    """Return the member of an external container under known keys: a named step, an element of a `ModuleDict`."""
    wanted = [s.objects[i] for i in sorted(key)]
    keys = [k.text if isinstance(k, Text) and not k.is_template else getattr(k, "value", None) for k in wanted]
    if not keys or None in keys:
        return EMPTY
    for _ in range(MAX_WRAPPINGS):
        if not isinstance(made, ExternalInstance):
            break
        if made.type in rules.CONTAINERS or made.type.startswith(STEPPED):
            choose = _step if made.type.startswith(STEPPED) else _element
            out = EMPTY
            for each in keys:
                out = s.union(out, choose(s, frame, made, each))
            if out:
                return out
        above = made.fields.get(RECEIVER)
        made = s.objects[min(above.values)] if above is not None and above.values else None
    return EMPTY


def _element(s: Any, frame: Frame, made: ExternalInstance, key: object) -> Values:
    """Return what a container of modules was made with under a key: in its one mapping or list, or by position."""
    if len(made.positional) > 1:
        is_index = isinstance(key, int) and -len(made.positional) <= key < len(made.positional)
        return made.positional[key] if is_index and isinstance(key, int) else EMPTY
    out = EMPTY
    for box in _boxes(s, *made.positional):
        if isinstance(key, int) and box.length is not None:
            key %= max(box.length, 1)
        out = s.union(out, s.take(frame, box, key) if key in box.fields else EMPTY)
    return out


def _step(s: Any, frame: Frame, made: ExternalInstance, key: object) -> Values:
    """Return the estimator of a step by its name or position."""
    out = EMPTY
    for box in _boxes(s, *made.positional, *made.keywords.values()):
        is_index = isinstance(key, int) and box.length is not None and -box.length <= key < box.length
        place = key % box.length if is_index and isinstance(key, int) and box.length else None
        if isinstance(key, int) and place is None:
            continue
        for pair in _boxes(s, s.take(frame, box, place)):
            names = [s.objects[i] for i in sorted(s.take(frame, pair, 0))]
            if place is not None or any(isinstance(n, Text) and n.text == key for n in names):
                out = s.union(out, s.take(frame, pair, 1))
    return out


def _boxes(s: Any, *given: Values) -> list[Box]:
    made = [s.objects[i] for values in given for i in sorted(values)]
    return [box for box in made if isinstance(box, Box)]


def listed(s: Any, made: ExternalInstance, name: str, members: Values, site: object) -> Values:
    """Return what a container's method that lists its members gives (`values`, `items`)."""
    if name in ("values", "children"):
        return s.iterator_over(members, site, name)  # type: ignore[no-any-return]
    pair = s.box("tuple", ("member", made.id))
    pair.length = 2
    s.flow(s.field(pair, 0), s.text_any)
    s.flow(s.field(pair, 1), members)
    return s.iterator_over(pair.single, site, name)  # type: ignore[no-any-return]


# -- what comes back is what went in -----------------------------------------------------------------------------------


def _prepared(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Return the arguments as they are: one alone, several as a tuple."""
    if len(p) == 1:
        return p[0]
    box = s.box("tuple", ("prepared", place_of(site), frame.context))
    box.length = len(p)
    for index, values in enumerate(p):
        s.flow(s.field(box, index), values)
    return box.single  # type: ignore[no-any-return]


def _split(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Return subsets that hold the data set."""
    s.pass_to_external(frame, "torch.utils.data.random_split", p, k, pos, site)
    part = s.external_instance("torch.utils.data.Subset", (place_of(site), frame.context))
    part.positional = p[:1] or [k.get("dataset", EMPTY)]
    return s.list_of(frame, "list", part.single, site)  # type: ignore[no-any-return]


def _structured(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Return an object of the settings class that is given."""
    out = EMPTY
    for item in sorted(p[0]) if p else ():
        made = s.objects[item]
        if isinstance(made, Class):
            out = s.union(out, s.instance_at(frame, made, site).single)
        elif isinstance(made, Instance):
            out = s.union(out, made.single)
    return out


def _from_schema(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Return an instance of the dataclass of which a schema was made, with the fields of the mapping that it loads."""
    out = EMPTY
    record = frame.calls.get(id(site)) if isinstance(site, list) else None
    for item in sorted(record.callees) if record is not None else ():
        made = s.objects[item]
        schema = s.objects[made.receiver] if isinstance(made, External) and made.receiver >= 0 else None
        held = schema.fields.get(RECEIVER) if isinstance(schema, ExternalInstance) else None
        factory = s.objects[min(held.values)] if held is not None and held.values else schema
        for each in (
            sorted(factory.positional[0]) if isinstance(factory, ExternalInstance) and factory.positional else ()
        ):
            if isinstance(cls := s.objects[each], Class):
                out = s.union(out, _filled(s, frame, cls, p[0] if p else EMPTY, site))
    return out


def _from_dict(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Return an instance of the dataclass that `dacite.from_dict` is given, with the fields of the mapping."""
    out = EMPTY
    for item in sorted(k.get("data_class") or (p[0] if p else EMPTY)):
        if isinstance(cls := s.objects[item], Class):
            out = s.union(out, _filled(s, frame, cls, k.get("data") or (p[1] if len(p) > 1 else EMPTY), site))
    return out


def _filled(s: Any, frame: Frame, cls: Class, content: Values, site: Any) -> Values:
    instance = s.instance_at(frame, cls, site)
    for box in _boxes(s, content):
        for key, cell in list(box.fields.items()):
            if isinstance(key, str):
                s.flow(s.field(instance, key), s.read(cell))
    return instance.single  # type: ignore[no-any-return]


# -- functions that a library keeps and runs ---------------------------------------------------------------------------


def _at_exit(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    s.run_callables(frame, p[0] if p else EMPTY, p[1:], pos, "submit:atexit")
    return p[0] if p else EMPTY


def _run_cli(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
    """Run the commands of an application that a test runner invokes: those it names, else all."""
    words = [s.objects[i] for box in (s.objects[i] for values in p[1:2] for i in sorted(values)) if isinstance(box, Box)
             for i in sorted(s.take(frame, box, None))]  # fmt: skip
    names = {w.text.replace("-", "_") for w in words if isinstance(w, Text)}
    for item in sorted(p[0]) if p else ():
        made = s.objects[item]
        if isinstance(made, ExternalInstance):
            own = [s.objects[i] for i in sorted(s.held_by(frame, made))]
            functions = [f for f in own if isinstance(f, Function)]
            chosen = [f for f in functions if f.scope.name in names]
            groups = [f for f in functions if any(d.endswith(".callback") for d in f.decorated)]
            for each in [*chosen, *groups] if chosen else functions:
                s.run_callables(frame, each.single, [], pos, "protocol:cli")
        else:
            s.run_callables(frame, made.single, [], pos, "protocol:cli")
    return s.external_instance("click.testing.Result", place_of(site)).single  # type: ignore[no-any-return]


def _served(name: str) -> Model:
    """Return a server's model: it imports the application that it is given by name, and calls a factory.

    `uvicorn.run("package.module:app")` names what a `uvicorn package.module:app` on the command line would.
    """

    def model(s: Any, frame: Frame, p: list[Values], k: dict[str, Values], pos: int, site: Any) -> Values:
        applications = EMPTY
        for item in sorted(p[0] if p else k.get("app", k.get("target", EMPTY))):
            made = s.objects[item]
            if isinstance(made, Text) and not made.is_template:
                module, _, attribute = made.text.partition(":")
                dotted = s.modules.absolute(module, frame.module) if module.strip(".") else None
                if dotted:
                    s.note_import(frame, module, dotted, pos)
                    held = s.load(frame, s.import_module(dotted), attribute, pos) if attribute.isidentifier() else EMPTY
                    applications = s.union(applications, held)
        if applications:
            p = [applications, *p[1:]]
        return s.call_unmodelled(frame, name, -1, p, k, pos, site)

    return model


SERVERS = ("uvicorn.run", "uvicorn.Config", "granian.Granian")
"""Servers that take the application as an object or as text."""
FRAMEWORKS: dict[str, Model] = {
    **{name: _served(name) for name in SERVERS},
    "accelerate.Accelerator.prepare": _prepared,
    "accelerate.Accelerator.prepare_model": _prepared,
    "accelerate.Accelerator.unwrap_model": _prepared,
    "torch.utils.data.random_split": _split,
    "omegaconf.OmegaConf.structured": _structured,
    "marshmallow_dataclass.class_schema()().load": _from_schema,
    "dacite.from_dict": _from_dict,
    "atexit.register": _at_exit,
    "click.testing.CliRunner.invoke": _run_cli,
    "typer.testing.CliRunner.invoke": _run_cli,
}
"""Models by qualified name, in the shape of `graph.externals`."""
