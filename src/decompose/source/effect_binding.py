"""What becomes of a value that is stored: in a name, an attribute, an item, a container that outlives the call."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from decompose.source.effect_state import INNER, LITERAL, NOTHING, ORIGINS, State, Tags, held

_LASTING = ("attribute:", "global:", "imported:")


@dataclass(slots=True)
class Bindings(State):
    """The part of a walk that stores values."""

    def bind(self, target: ast.expr, tags: Tags, source: ast.expr | None = None) -> None:
        """Store a value."""
        if isinstance(target, ast.Name):
            self.bind_name(target, tags)
        elif isinstance(target, ast.Attribute):
            self.bind_attribute(target, tags)
        elif isinstance(target, ast.Subscript):
            self.bind_item(target, tags)
        elif isinstance(target, ast.Tuple | ast.List):
            parts = (
                source.elts
                if isinstance(source, ast.Tuple | ast.List) and len(source.elts) == len(target.elts)
                else None
            )
            for i, element in enumerate(target.elts):
                self.bind(element, self.peek(parts[i]) if parts else self.element(tags) or (tags - {"type:tuple"}))
        elif isinstance(target, ast.Starred):
            self.bind(target.value, tags)

    def peek(self, node: ast.expr) -> Tags:
        """Return the value of an expression that has been walked already."""
        if isinstance(node, ast.Name):
            return self.env.get(node.id, NOTHING)
        return LITERAL if isinstance(node, ast.Constant) else NOTHING

    def bind_name(self, target: ast.Name, tags: Tags) -> None:
        """Bind a local or declared name."""
        if target.id in self.globals:
            self.effect("global_store", target.id, target.lineno, "rebind")
            self.file.changed_globals.add(target.id)
            self.keep(tags, f"global {target.id}", target.lineno)
            return
        if target.id in self.nonlocals:
            self.outer_changes |= {t for t in self.env.get(target.id, NOTHING) if t.startswith("outer:")}
        self.order += 1
        if not any(t.startswith(ORIGINS) for t in tags):
            tags = tags | {self.new_object()}
        self.env[target.id] = tags
        if self.is_module:
            self.file.define(target.id, tags)

    def bind_attribute(self, target: ast.Attribute, tags: Tags) -> None:
        """Store into an attribute: of the instance, of a module, of anything else."""
        base, line = target.value, target.lineno
        if isinstance(base, ast.Name) and self.receiver and base.id == self.receiver:
            self.order += 1
            self.effect("mutates_parameter", self.receiver, line, f"{target.attr} set")
            self.file.note_attribute(self.class_name, target.attr, tags)
            self.keep(tags, f"{self.receiver}.{target.attr}", line)
            if any(t.startswith("handle:") for t in tags):
                self.effect(
                    "opens_handle",
                    f"{self.receiver}.{target.attr}",
                    line,
                    next(t[7:] for t in sorted(tags) if t.startswith("handle:")),
                )
            return
        dotted = self.dotted(base)
        if dotted:
            self.effect("global_store", f"{dotted}.{target.attr}", line, "rebind")
            self.keep(tags, f"{dotted}.{target.attr}", line)
            return
        if isinstance(base, ast.Name) and base.id in self.file.classes and base.id not in self.env:
            self.effect("global_store", f"{base.id}.{target.attr}", line, "rebind")
            self.file.changed_globals.add(f"{base.id}.{target.attr}")
            self.keep(tags, f"{base.id}.{target.attr}", line)
            return
        into = self.value(base)
        if any(t.startswith("global:") or t == "context_object" for t in into) and "context:thread_local" in into:
            self.effect("sets_ambient", "thread_local", line, ast.unparse(base))
        self.change(into, line, f"attribute {target.attr}")
        self.keep_in(into, tags, line)

    def bind_item(self, target: ast.Subscript, tags: Tags) -> None:
        """Store into an item or slice."""
        dotted = self.dotted(target.value)
        if dotted == "os.environ":
            self.effect("sets_ambient", "env", target.lineno, dotted)
            return
        self.value(target.slice)
        into = self.value(target.value)
        self.change(into, target.lineno, "item")
        self.keep_in(into, tags, target.lineno)
        self.put_into(target.value, tags)

    def put_into(self, container: ast.expr, tags: Tags) -> None:
        """Note what a container that has a name holds from now on."""
        if isinstance(container, ast.Name) and container.id in self.env:
            self.env[container.id] |= held(tags)

    def keep(self, tags: Tags, where: str, line: int) -> None:
        """Note that parameters outlive the call."""
        if "element" in tags:
            return
        for tag in tags:
            if tag.startswith("parameter:") and tag[10:] != self.receiver:
                self.effect("keeps_parameter", tag[10:], line, where)
            elif tag.startswith("closure:"):
                self.escape(tag, line)

    def escape(self, tag: str, line: int) -> None:
        """Note that a nested function that leaves keeps what it captures."""
        for name in self.file.captures.get(tag, ()):
            self.effect("keeps_parameter", name, line, "closure")

    def keep_in(self, into: Tags, tags: Tags, line: int) -> None:
        """Note that a parameter is put into something that outlives the call."""
        for tag in into:
            if tag.startswith(_LASTING) or (tag.startswith("parameter:") and tag[10:] == self.receiver):
                self.keep(tags, tag.partition(":")[2], line)
                return

    def element(self, tags: Tags) -> Tags:
        """Return the value of one element of a value."""
        found = frozenset(t.removeprefix(INNER) for t in tags if t.startswith((*ORIGINS, INNER)))
        return found | {"element"} if found else NOTHING

    def iterate(self, tags: Tags, line: int) -> None:
        """Note that a value is iterated over."""
        for tag in tags:
            if tag.startswith("parameter:"):
                self.effect("iterates_parameter", tag[10:], line)
            self.use(tag, "iterated")
