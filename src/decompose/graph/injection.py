"""What frameworks put into own code before it runs: dependencies, configuration, `%run` scripts."""

from __future__ import annotations

import posixpath

from decompose.graph.core import Core
from decompose.graph.idioms import run_command, script_texts
from decompose.graph.objects import EMPTY, Box, External, ExternalInstance, Frame, Function, Text, Values
from decompose.graph.settings import content_of
from decompose.ir import facts as f
from decompose.ir.facts import ParameterFact

_OPTIONS = ("option", "argument")


class Injection(Core):
    """Values that come from outside a call."""

    def injected(self, frame: Frame, parameter: ParameterFact, values: Values) -> Values:
        """Return a parameter's values with `Depends(provider)` replaced by what the provider gives."""
        out = values
        if any(self._names_provider(item) for item in values):
            out = EMPTY
            for item in sorted(values):
                made = self.objects[item]
                given = self._from_provider(frame, parameter, made) if self._names_provider(item) else made.single
                out = self.union(out, given)
        annotation = parameter.annotation
        if (
            annotation is not None
            and annotation[0] == f.SUB
            and annotation[1][-1] == "Annotated"
            or (
                annotation is not None
                and annotation[0] == f.SUB
                and annotation[1][0] == f.ATTR
                and annotation[1][2] == "Annotated"
            )
        ):
            out = self.union(out, self._annotated_provider(frame, parameter, annotation[2]))
        return out

    def _names_provider(self, item: int) -> bool:
        made = self.objects[item]
        return isinstance(made, ExternalInstance) and made.type.rpartition(".")[2] in ("Depends", "Security")

    def _from_provider(self, frame: Frame, parameter: ParameterFact, made: ExternalInstance) -> Values:
        provider = made.positional[0] if made.positional else made.keywords.get("dependency", EMPTY)
        site = ("depends", frame.scope.pos, parameter.name)
        return self.invoke(frame, provider, [], {}, frame.scope.pos, site, "protocol:fastapi")

    def _annotated_provider(self, frame: Frame, parameter: ParameterFact, inner: list[object]) -> Values:
        out = EMPTY
        parts = inner[3] if inner[0] == f.SEQ else []
        assert isinstance(parts, list)
        for part in parts[1:]:
            if part[0] == f.CALL and part[2][-1] == "Depends" and part[3] and frame.parent is not None:
                provider = self.eval(frame.parent, part[3][0])
                site = ("depends", frame.scope.pos, parameter.name)
                out = self.union(out, self.invoke(frame, provider, [], {}, frame.scope.pos, site, "protocol:fastapi"))
        return out

    def hand_context(self, frame: Frame, made: External | ExternalInstance, name: str, values: Values) -> None:
        """Give functions behind `click.pass_context`, `pass_obj` and their like the context or the object in it."""
        context = self.external_instance("click.Context", "annotation")
        match name:
            case "click.pass_context":
                cell = self.field(context, "\0self")
                self.flow(cell, context.single)
            case "click.pass_obj":
                cell = self.field(context, "obj")
            case "click.make_pass_decorator" if isinstance(made, ExternalInstance) and made.positional:
                cell = self.field(made, "\0made")
                self.flow(cell, self.instances_for(made.positional[0]))
            case _:
                return
        for item in values:
            function = self.objects[item]
            if isinstance(function, Function) and function.scope.parameters:
                function.defaults[function.scope.parameters[0].name] = cell

    def configure(self, frame: Frame, function: Function) -> None:
        """Give the function behind `@hydra.main` the configuration that the decorator names."""
        for expression, _ in function.scope.decorators:
            if expression[0] != f.CALL or not function.scope.parameters:
                continue
            given = {name: self.eval(frame, value) for name, value in expression[4] if name}
            folder, name = (self._known(given.get(k, EMPTY)) for k in ("config_path", "config_name"))
            if not name:
                continue
            stem = posixpath.normpath(posixpath.join(frame.module.folder, folder, name.removesuffix(".yaml")))
            for config in self.facts.configs:
                if config.path.rpartition(".")[0] == stem:
                    from_config = content_of(self, config)
                    for own in function.frames.values():
                        self.flow(own.parameters[0], from_config)
                    cell = function.defaults.setdefault(function.scope.parameters[0].name, self.new_cell())
                    self.flow(cell, from_config)
                    self._compose(from_config, posixpath.dirname(config.path))

    def fill_options(self, frame: Frame, function: Function) -> None:
        """Give the function behind `@click.option` and `@click.argument` the texts that stand as their defaults."""
        order = [p.name for p in function.scope.parameters]
        for expression, _ in function.scope.decorators:
            if expression[0] != f.CALL or expression[2][-2 if expression[2][0] == f.ATTR else -1] not in _OPTIONS:
                continue
            flags = [a[1] for a in expression[3] if a[0] == f.STR]
            plain = next((n for n in flags if n.isidentifier()), max(flags, key=len, default=""))
            name = plain.lstrip("-").partition("/")[0].replace("-", "_")
            default = next((value for key, value in expression[4] if key == "default"), None)
            if name not in order or default is None:
                continue
            texts = frozenset(i for i in self.eval(frame, default) if isinstance(self.objects[i], Text))
            self.flow(function.defaults.setdefault(name, self.new_cell()), texts)
            for own in function.frames.values():
                self.flow(own.parameters[order.index(name)], texts)

    def _compose(self, values: Values, folder: str) -> None:
        """Add the groups that a Hydra configuration's `defaults` list selects."""
        for item in sorted(values):
            made = self.objects[item]
            listed = made.fields.get("defaults") if isinstance(made, Box) else None
            if not isinstance(made, Box) or listed is None:
                continue
            for entry in [self.objects[i] for i in sorted(listed.values)]:
                for cell in list(entry.fields.values()) if isinstance(entry, Box) else ():
                    for choice in [self.objects[i] for i in sorted(cell.values)]:
                        for group, chosen in list(choice.fields.items()) if isinstance(choice, Box) else ():
                            self._select(made, folder, str(group), self._known(chosen.values))

    def _select(self, box: Box, folder: str, group: str, choice: str) -> None:
        place = posixpath.normpath(posixpath.join(folder, group, choice))
        for config in self.facts.configs:
            if choice and config.path.rpartition(".")[0] == place:
                self.flow(self.field(box, group.rpartition("/")[2]), content_of(self, config))

    def _known(self, values: Values) -> str:
        for item in sorted(values):
            made = self.objects[item]
            if isinstance(made, Text) and not made.is_template:
                return made.text
        return ""

    def run_shell_lines(self, frame: Frame) -> None:
        """Follow the shell lines of a notebook: scripts that it starts, and `%run`, which also gives it their names."""
        for line, command in frame.module.facts.shell:
            words = script_texts(command)
            pos = line << f.COLUMN_BITS
            if not command.startswith("run ") and not any(w.startswith("python") for w in words[:1]):
                continue
            if command.startswith("run "):
                target = posixpath.normpath(posixpath.join(frame.module.folder, words[0] if words else ""))
                info = self.modules.by_path.get(target) or self.modules.by_path.get(words[0] if words else "")
                if info is not None:
                    self.import_all(frame, info)
            else:
                run_command(self, frame, words, pos, "submit:shell")
