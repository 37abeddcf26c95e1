"""What storing into and deleting an attribute changes, and which own methods it runs."""

from __future__ import annotations

from decompose.graph.core import Core, Patch
from decompose.graph.objects import (
    CLASS,
    EMPTY,
    FUNCTION,
    INSTANCE,
    PARTIAL,
    Bound,
    Cell,
    Class,
    Frame,
    Function,
    Instance,
    ModuleObject,
    Property,
    Values,
)

REPLACEABLE = frozenset({FUNCTION, CLASS, PARTIAL})


class Stores(Core):
    """Attribute stores."""

    def store(self, frame: Frame, base: Values, name: str, values: Values, pos: int) -> None:
        """Run `base.name = values`."""
        for item in sorted(base) if len(base) > 1 else base:
            made = self.objects[item]
            if isinstance(made, Instance):
                self._store_instance(frame, made, name, values, pos)
            elif isinstance(made, ModuleObject):
                if made.info is not None:
                    self._store_module(frame, self.ensure_module(made.info), name, values, pos)
            elif isinstance(made, Class):
                if self._replaces(frame, made.fields.get(name), values):
                    self._patch(frame, (made.id, name), made.fields[name], values, pos)
                    continue
                is_new = name not in made.fields
                self.flow(self.field(made, name), values)
                if is_new:
                    for cls in [made, *self.descendants(made)]:
                        self.touch(cls.shape)
            elif isinstance(made, Bound):
                self.flow(self.field(self.objects[made.function], name), values)
            elif made.kind not in (0,) or isinstance(made, Function):
                self.flow(self.field(made, name), values)

    def _store_instance(self, frame: Frame, made: Instance, name: str, values: Values, pos: int) -> None:
        if self.find(made.cls, "__setattr__")[0]:
            self.invoke_method(frame, made.single, "__setattr__", [self.text(name), values], pos, "attribute")
            self.flow(self.field(made, name), values)
        else:
            self.store_plainly(frame, made, name, values, pos)

    def store_plainly(self, frame: Frame, made: Instance, name: str, values: Values, pos: int) -> None:
        """Set an attribute as `object.__setattr__` does: by its property or descriptor, else in the instance."""
        found, _ = self.find(made.cls, name)
        for item in sorted(found):
            inner = self.objects[item]
            if isinstance(inner, Property) and inner.label == "property":
                setter = self.read(inner.setter)
                if setter:
                    self.invoke(frame, setter, [made.single, values], {}, pos, (inner.id, pos), "property")
                    return
            elif inner.kind == INSTANCE:
                self.invoke_method(frame, inner.single, "__set__", [made.single, values], pos, "property")
        self.flow(self.field(made, name), values)

    def delete_attribute(self, frame: Frame, base: Values, name: str, pos: int) -> None:
        """Run `del base.name` on properties."""
        for item in sorted(base):
            made = self.objects[item]
            found = self.find(made.cls, name)[0] if isinstance(made, Instance) else EMPTY
            for each in sorted(found):
                inner = self.objects[each]
                deleter = inner.fields.get("deleter")
                if isinstance(inner, Property) and deleter is not None:
                    self.invoke(frame, self.read(deleter), [made.single], {}, pos, (inner.id, pos), "property")

    def _replaces(self, frame: Frame, held: Cell | None, values: Values) -> bool:
        """Return whether a frame puts a function in the place of another for good: in a module's body, in every run."""
        if frame.scope.kind != "module" or frame.block or held is None or not held.values:
            return False
        if any(part.startswith(("test", "conftest")) for part in frame.module.facts.path.split("/")):
            return False
        kinds = {self.objects[i].kind for i in (*held.values, *values)}
        return bool(values) and kinds <= REPLACEABLE

    def _patch(self, frame: Frame, place: tuple[object, str], held: Cell, values: Values, pos: int) -> None:
        is_new = place not in self.patches
        patch = self.patches.setdefault(place, Patch())
        patch.places[frame] = pos
        self.flow(patch.cell, values)
        if is_new:
            self.touch(held)

    def _precedes(self, frame: Frame, place: tuple[object, str], pos: int) -> bool:
        """Return whether code stands before its own replacement of an attribute, and so still sees the original."""
        patch = self.patches.get(place)
        return patch is not None and pos < patch.places.get(frame, 0)

    def _store_module(self, frame: Frame, top: Frame, name: str, values: Values, pos: int) -> None:
        held = top.cells.get(name)
        if frame is not top and self._replaces(frame, held, values):
            assert held is not None
            self._patch(frame, (top.module.facts.path, name), held, values, pos)
            return
        if top.foreign is None:
            top.foreign = {}
        self.flow(top.foreign.setdefault(name, Cell()), values)
        self.flow(top.cells.setdefault(name, Cell()), values)
