"""What methods of strings and paths give."""

from __future__ import annotations

import posixpath

from decompose.graph.configured import bears_key
from decompose.graph.core import Core
from decompose.graph.objects import (
    ANY,
    EMPTY,
    Box,
    Frame,
    Number,
    Text,
    Values,
)
from decompose.graph.settings import names_config
from decompose.graph.strings import formatted, joined, path_join, path_like, variants

_KEEPING = frozenset({"strip", "lstrip", "rstrip", "replace", "removeprefix", "removesuffix"})
"""Methods after which a name from configuration files is still that name."""


class TextMethods(Core):
    """Methods of constants that are text."""

    def _text_method(
        self, frame: Frame, text: Text, name: str, positional: list[Values], keywords: dict[str, Values], pos: int
    ) -> Values:
        if bears_key(text) and name in _KEEPING:
            return text.single
        match name:
            case "format":
                for values in (*positional, *keywords.values()):
                    self.stringify(frame, values, pos, "__format__")
                return formatted(self, text.single, positional, keywords)
            case "join" if not text.is_path:
                if positional:
                    return self._join_text(frame, text, positional[0], pos)
            case "joinpath" | "__truediv__":
                return path_join(self, [text.single, *positional], is_path=True)
            case "resolve" | "absolute" | "expanduser" | "as_posix":
                return text.single if name != "as_posix" else self.text(text.text, is_template=text.is_template)
            case "strip" | "rstrip" | "lstrip" | "lower" | "upper" | "encode" | "decode":
                if not text.is_template and not positional and name in ("lower", "upper", "strip"):
                    return self.text(getattr(text.text, name)())
                return text.single if text.is_template else self.text_any
            case "replace" if not text.is_template and len(positional) == 2:
                old, new = (variants(self, p) for p in positional)
                if len(old) == len(new) == 1 and not old[0][1] and not new[0][1] and old[0][0]:
                    return self.text(text.text.replace(old[0][0], new[0][0]))
            case "with_suffix" if positional:
                stem = posixpath.splitext(text.text)[0] if text.text.strip("./") else "{}"
                return path_like(self, [self.text(stem, is_template="{" in stem), positional[0]])
            case "split" | "rsplit" | "partition" | "rpartition" if self._is_plain(text, positional):
                return self._split_text(text, name, positional)
            case "split" | "rsplit" if not bears_key(text) and len(positional) == 1 and positional[0] == self.text("/"):
                return self._split_text(text, name, positional)
            case "split" | "splitlines" | "rsplit" | "glob" | "rglob" | "iterdir" | "partition" | "rpartition":
                box = self.box("list", ("split", text.id, name))
                value = text.single if bears_key(text) else self.text_any
                if text.is_path and name in ("glob", "rglob", "iterdir"):
                    value = self.text(f"{text.text}/{{}}", is_template=True, is_path=True)
                self.flow(self.field(box, ANY), value)
                return box.single
            case "read_text" if text.is_path and names_config(self, text.text):
                handle = self.external_instance("pathlib.Path.read_text()", ("read", text.id))
                handle.positional = [text.single]
                return handle.single
            case "open" if text.is_path:
                return self.external_instance("builtins.open()", ("open", pos, frame.module.name)).single
            case "startswith" | "endswith" | "isdigit" | "find" | "count" | "exists" | "is_file" | "is_dir" | "index":
                return self.number_any
        return self.text_any

    def _is_plain(self, text: Text, positional: list[Values]) -> bool:
        """Return whether a string and the arguments of its method are all known."""
        given = [self.objects[min(v)] for v in positional if len(v) == 1]
        known = all((isinstance(g, Text) and not g.is_template) or isinstance(g, Number) for g in given)
        return not text.is_template and not text.is_path and len(given) == len(positional) and known

    def _split_text(self, text: Text, name: str, positional: list[Values]) -> Values:
        """Return the list of a string's parts; one that is not known counts as one."""
        given = [getattr(o, "text", getattr(o, "value", None)) for o in (self.objects[min(v)] for v in positional)]
        try:
            parts = getattr(text.text, name)(*given)
        except (TypeError, ValueError, OverflowError):  # a number that is not known, or a call that would fail as well
            return EMPTY
        box = self.box("list", ("split", text.id, name, tuple(given)))
        box.length = len(parts)
        for index, part in enumerate(parts):
            self.flow(self.field(box, index), self.text(part, is_template=text.is_template and "{" in part))
        return box.single

    def _join_text(self, frame: Frame, text: Text, values: Values, pos: int) -> Values:
        boxes = [b for b in (self.objects[i] for i in sorted(values)) if isinstance(b, Box)]
        self.iterate(frame, values, pos)
        if len(boxes) == 1 and boxes[0].length is not None and boxes[0].length <= 12:
            parts = [self.take(frame, boxes[0], i) for i in range(boxes[0].length)]
            return joined(self, parts, text.text)
        held = [i for box in boxes for i in self.take(frame, box, None) if bears_key(self.objects[i])]
        return frozenset(held) or self.text_any
