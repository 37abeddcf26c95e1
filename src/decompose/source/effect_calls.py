"""What one call does, judged from the qualified name or the method's name alone."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Protocol

from decompose.source import effect_tables as tables
from decompose.source.effect_scope import constant_path

if TYPE_CHECKING:
    from decompose.source.effect_scope import FileScope

Tags = frozenset[str]
Arguments = list[tuple[str, Tags]]
NOTHING: Tags = frozenset()
_CLASS = frozenset(range(ord("A"), ord("Z") + 1))


class Observer(Protocol):
    """The part of a walk that a call's effects are noted in."""

    file: FileScope
    around: list[str]
    receiver: str
    is_module: bool

    def effect(
        self, kind: str, subject: str, line: int, detail: str = "", *, is_certain: bool = True, column: int = -1
    ) -> None:
        """Note an effect."""

    def change(self, tags: Tags, line: int, how: str, *, is_certain: bool = True, column: int = -1) -> None:
        """Note that objects are changed in place."""

    def use(self, tag: str, use: str) -> None:
        """Note what becomes of a call's result."""

    def iterate(self, tags: Tags, line: int) -> None:
        """Note that a value is iterated over."""

    def shallow(self, tags: Tags) -> Tags:
        """Return the value of a shallow copy."""

    def new_object(self) -> str:
        """Return the tag of a new object."""

    def dotted(self, node: ast.expr) -> str:
        """Return the qualified name of an expression."""

    def keep_in(self, into: Tags, tags: Tags, line: int) -> None:
        """Note that a parameter is put into something that lasts."""

    def path_of(self, node: ast.expr) -> str:
        """Return the path that an expression spells."""


def observe(walk: Observer, node: ast.Call, dotted: str, receiver: Tags, arguments: Arguments) -> Tags:
    """Note the effects of a call; return the traits of its result, as far as its name tells.

    Args:
        walk: Where effects are noted.
        node: The call.
        dotted: Qualified name of the callee; empty when no import or builtin begins it.
        receiver: Value on which a method is called.
        arguments: Position, keyword, `*` or `**` with the value, in order.
    """
    keywords = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    for key, tags in arguments:
        if key == "out":
            walk.change(tags, node.lineno, "out=")
    if dotted:
        result = _function(walk, node, dotted, arguments, keywords)
        last = dotted.rpartition(".")[2]
    else:
        last = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        result = _method(walk, node, last, receiver, arguments, keywords) if last else NOTHING
    _paths(walk, node, dotted, last, receiver, arguments, keywords)
    _outward(walk, node, dotted, last, receiver, keywords)
    if walk.is_module:
        _on_import(walk, node, dotted, last, receiver)
    return result


def _first(arguments: Arguments, position: int = 0) -> Tags:
    """Return the value at a position."""
    return next((tags for key, tags in arguments if key == str(position)), NOTHING)


def _function(walk: Observer, node: ast.Call, dotted: str, arguments: Arguments, keywords: dict[str, ast.expr]) -> Tags:
    """Note the effects of a call of an imported or built-in name."""
    line, first, last = node.lineno, _first(arguments), dotted.rpartition(".")[2]
    if (
        last in ("append", "extend", "update", "add", "insert", "clear", "pop", "remove", "setdefault", "register")
        and dotted.count(".") >= 1
    ):
        owner = dotted.rpartition(".")[0]
        if not walk.file.is_external(dotted):
            walk.change(frozenset({f"imported:{owner}"}), line, last, is_certain=False, column=node.col_offset)
            walk.keep_in(frozenset({f"imported:{owner}"}), first, line)
    position = tables.MUTATED_ARGUMENT.get(dotted)
    if position is not None and position >= 0:
        walk.change(_first(arguments, position), line, last)
    if dotted.startswith("torch.nn.init.") and last.endswith("_"):
        walk.change(first, line, last)
    _random(walk, node, dotted, last, keywords)
    _ambient(walk, node, dotted, arguments)
    _process(walk, node, dotted)
    for name in tables.IMPLICIT_RAISES.get(dotted, ()):
        if not (last in ("next", "getattr", "max", "min") and len(node.args) > (2 if last == "getattr" else 1)):
            walk.effect("may_raise", name, line)
    if dotted in tables.CONSUMERS:
        for _, tags in arguments:
            walk.iterate(tags, line)
        if last == "next":
            for tag in first:
                if tag.startswith("parameter:"):
                    walk.effect("iterates_parameter", tag[10:], line, "next")
    if dotted in ("builtins.map", "builtins.filter", "functools.reduce"):
        _called(walk, first, line)
    if dotted == "builtins.id":
        for tag in first:
            if tag.startswith("parameter:"):
                walk.effect("identity_test", tag[10:], line, "id()")
            walk.use(tag, "identity_test")
    if dotted in ("builtins.isinstance", "builtins.issubclass") and len(node.args) == 2:
        for tag in first:
            if tag.startswith("parameter:"):
                walk.effect("type_test", tag[10:], line, ast.unparse(node.args[1]))
    return _made(walk, node, dotted, last, arguments, keywords)


def _made(
    walk: Observer, node: ast.Call, dotted: str, last: str, arguments: Arguments, keywords: dict[str, ast.expr]
) -> Tags:
    """Return the traits of what a call of a qualified name makes."""
    first = _first(arguments)
    if dotted in tables.SHALLOW_COPIES:
        kind = tables.TYPES.get(dotted, "")
        found = walk.shallow(first) - ({"iterator"} if last != "reversed" else NOTHING)
        extra = {f"type:{kind}"} if kind else set()
        return found | extra | ({"iterator"} if last == "reversed" else set())
    if dotted in tables.DEEP_COPIES:
        return (
            frozenset(t for t in first if t.startswith(("large:", "exotic:", "ml_model")))
            | {walk.new_object()}
            | _array(node, dotted, last)
            | _dtype(walk, keywords.get("dtype"))
        )
    if dotted in tables.ALIASES:
        plain = first - {"exotic:non-contiguous"} if last == "ascontiguousarray" else first
        return plain | ({"iterator"} if last == "iter" else NOTHING)
    found: set[str] = {walk.new_object()}
    if dotted in tables.HANDLES:
        found.add(f"handle:{last if last != 'open' or dotted == 'builtins.open' else dotted}")
    if dotted == "functools.partial":
        found.add("callback:partial")
    if dotted in tables.RNG_OBJECTS:
        found.add("rng")
    if dotted in tables.UNPICKLERS and not _is_safe_load(keywords):
        found.add("unpickled")
        walk.effect("unpickles", "", node.lineno, dotted)
        for tag in first:
            walk.use(tag, "unpickled_result")
    if dotted in tables.ITERATORS or (last == "read_csv" and ("chunksize" in keywords or "iterator" in keywords)):
        found.add("iterator")
    elif last in tables.READERS:
        found.add(f"large:{last}")
    found |= _array(node, dotted, last)
    if (
        dotted.startswith(tables.MODEL_ROOTS)
        and (ord(last[0]) in _CLASS or last == "from_pretrained")
        and not any(dotted.startswith(f"{n}.") or dotted == n for n in tables.NOT_MODELS)
    ):
        found.add("ml_model")
    if tables.EXOTIC.get(last):
        found.add(f"exotic:{tables.EXOTIC[last]}")
    found |= _typed(node, dotted, keywords)
    if dotted in tables.CONTEXT_OBJECTS:
        found |= {"context_object", f"context:{tables.CONTEXT_OBJECTS[dotted]}"}
    found |= _dtype(walk, keywords.get("dtype"))
    if dotted.endswith("DataFrame") or last in ("concat", "merge"):
        found |= {t for t in first if t.startswith("large:")}
    return frozenset(found)


def _typed(node: ast.Call, dotted: str, keywords: dict[str, ast.expr]) -> set[str]:
    """Return the trait of a value that JSON has no word for."""
    kind = tables.TYPES.get(dotted, "")
    if dotted == "builtins.float" and node.args and isinstance(node.args[0], ast.Constant):
        text = str(node.args[0].value).lower().lstrip("+-")
        kind = "not a number" if text in ("nan", "inf", "infinity") else ""
    if dotted == "builtins.dict" and not node.args:
        kind = ""
    return {f"type:{kind}"} if kind else set()


def _dtype(walk: Observer, value: ast.expr | None) -> set[str]:
    """Return what is special about a `dtype=`."""
    if value is None:
        return set()
    text = value.value if isinstance(value, ast.Constant) else walk.dotted(value).rpartition(".")[2]
    if text in ("object", "category", "O", "object_"):
        return {f"exotic:{'categorical' if text == 'category' else 'object dtype'}"}
    if text in ("bfloat16", "float16", "half", "complex64", "complex128", "datetime64[ns, UTC]"):
        return {"exotic:dtype"}
    return set()


def _array(node: ast.Call, dotted: str, last: str) -> set[str]:
    """Return `large:` for an array whose size is large or unknown."""
    if not dotted.startswith(tables.ARRAY_ROOTS):
        return set()
    found = set()
    for keyword in node.keywords:
        if keyword.arg == "device" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value == "cpu"):
            found.add("exotic:device")
    if dotted in ("numpy.load", "torch.load") and not any(k.arg == "allow_pickle" for k in node.keywords):
        return found | ({f"large:{last}"} if dotted == "numpy.load" else set())
    if last in tables.SIZED and node.args and _count(node) >= tables.LARGE_COUNT:
        found.add(f"large:{last}")
    return found


def _count(node: ast.Call) -> int:
    """Return how many elements an array maker is asked for, 0 when that cannot be seen."""
    shape = next((k.value for k in node.keywords if k.arg in ("size", "shape")), node.args[0])
    dimensions = (
        list(shape.elts)
        if isinstance(shape, ast.Tuple | ast.List)
        else [a for a in node.args if a is shape or isinstance(a, ast.Constant)]
    )
    total = 1
    for dimension in dimensions:
        if isinstance(dimension, ast.BinOp) and isinstance(dimension.op, ast.Pow | ast.Mult):
            return tables.LARGE_COUNT
        if not isinstance(dimension, ast.Constant) or not isinstance(dimension.value, int | float):
            return 0
        total *= int(dimension.value)
    return total


def _is_safe_load(keywords: dict[str, ast.expr]) -> bool:
    """Return whether a load refuses arbitrary objects."""
    value = keywords.get("weights_only")
    return isinstance(value, ast.Constant) and value.value is True


def _random(walk: Observer, node: ast.Call, dotted: str, last: str, keywords: dict[str, ast.expr]) -> None:
    """Note draws from, and seeds of, the process-wide random streams."""
    for family in tables.SEEDERS.get(dotted, ()):
        walk.effect("seeds_rng", family, node.lineno, dotted)
    if dotted in tables.SEEDERS or dotted in tables.RNG_OBJECTS:
        return
    family = ""
    if dotted.startswith("random.") and last in tables.RANDOM_FUNCTIONS and dotted.count(".") == 1:
        family = "random"
    elif dotted.startswith("numpy.random."):
        family = "numpy"
    elif (dotted.startswith("torch.") and last in tables.TORCH_RANDOM and dotted.count(".") == 1) or dotted.startswith(
        "torch.nn.init."
    ):
        family = "torch" if "generator" not in keywords else ""
    elif dotted.startswith("tensorflow.random.") and last != "Generator":
        family = "tensorflow"
    elif (
        dotted.startswith(("sklearn.", "imblearn."))
        and last in tables.GLOBAL_STREAM_ESTIMATORS
        and "random_state" not in keywords
    ):
        family = "numpy"
    if family:
        walk.effect("uses_rng", family, node.lineno, dotted)


def _ambient(walk: Observer, node: ast.Call, dotted: str, arguments: Arguments) -> None:
    """Note what a call takes from, or leaves in, the process around it."""
    subject = tables.AMBIENT_SETTERS.get(dotted)
    if subject:
        walk.effect("sets_ambient", subject, node.lineno, dotted)
    subject = tables.AMBIENT_READERS.get(dotted)
    if subject and not (dotted == "os.path.abspath" and "__file__" in ast.unparse(node)):
        walk.effect("reads_ambient", subject, node.lineno, dotted)
    if dotted in ("os.getenv", "os.environ.get") and node.args:
        name = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
        walk.effect("reads_env", str(name), node.lineno)
    if dotted in tables.CLOCKS:
        walk.effect("reads_clock", "", node.lineno, dotted)


def _process(walk: Observer, node: ast.Call, dotted: str) -> None:
    """Note what concerns the process itself."""
    for table, kind in (
        (tables.EXITS, "exits"),
        (tables.THREAD_STARTERS, "starts_thread"),
        (tables.BLOCKING, "blocking"),
    ):
        if dotted in table:
            walk.effect(kind, "", node.lineno, dotted)
    if dotted == "sys.exit":
        walk.effect("may_raise", "SystemExit", node.lineno)
    if dotted in ("asyncio.run", "asyncio.get_event_loop().run_until_complete"):
        walk.around.append("awaited_by_run")
        walk.around.pop()


def _called(walk: Observer, tags: Tags, line: int) -> None:
    """Note that a value is called."""
    for tag in tags:
        if tag.startswith("parameter:"):
            walk.effect("calls_parameter", tag[10:], line)


def _method(
    walk: Observer, node: ast.Call, name: str, receiver: Tags, arguments: Arguments, keywords: dict[str, ast.expr]
) -> Tags:
    """Note the effects of a method call on a value; return the traits of its result."""
    line = node.lineno
    inplace = keywords.get("inplace")
    if isinstance(inplace, ast.Constant) and inplace.value is True:
        walk.change(receiver, line, f"{name}(inplace=True)")
    if name in tables.MUTATING_METHODS or (name.endswith("_") and not name.startswith("_") and not name.endswith("__")):
        if not (name == "update" and isinstance(node.func, ast.Attribute) and "pbar" in ast.unparse(node.func.value)):
            walk.change(receiver, line, name, is_certain=False, column=node.col_offset)
        for _, tags in arguments:
            walk.keep_in(receiver, tags, line)
    if name == "shuffle":
        walk.change(_first(arguments), line, name)
    if name in ("apply", "applymap", "submit", "starmap", "imap", "progress_apply", "add_done_callback"):
        for _, tags in arguments:
            _called(walk, tags, line)
    for raised in tables.METHOD_RAISES.get(name, ()):
        if not (name == "pop" and len(node.args) > 1):
            walk.effect("may_raise", raised, line, is_certain=False)
    _context_value(walk, node, name, receiver)
    if name in tables.MODEL_METHODS:
        for tag in receiver:
            if tag.startswith("parameter:") and tag[10:] != walk.receiver:
                walk.effect("uses_model", tag[10:], line, name)
    if name in ("parse_args", "parse_known_args") and not node.args:
        walk.effect("reads_ambient", "argv", line, name)
    if name in ("enter_context", "enter_async_context"):
        for tag in _first(arguments):
            walk.use(tag, "with")
    if (
        name == "sample"
        and "random_state" not in keywords
        and "rng" not in receiver
        and any(t.startswith(("parameter:", "large:")) for t in receiver)
    ):
        walk.effect("uses_rng", "numpy", line, "sample")
    if name in ("__enter__", "__aenter__"):
        for tag in receiver:
            walk.use(tag, "with")
    return _method_result(walk, node, name, receiver, arguments, keywords)


def _context_value(walk: Observer, node: ast.Call, name: str, receiver: Tags) -> None:
    """Note reads and writes of context variables, thread-locals and logging context."""
    if "context:contextvar" in receiver and name in ("get", "set", "reset"):
        owner = next((t for t in sorted(receiver) if t.startswith(("global:", "imported:"))), "")
        walk.effect("reads_ambient" if name == "get" else "sets_ambient", "contextvar", node.lineno, owner)
    if name in ("setLevel", "addFilter"):
        walk.effect("sets_ambient", "logging", node.lineno, name)


def _method_result(
    walk: Observer, node: ast.Call, name: str, receiver: Tags, arguments: Arguments, keywords: dict[str, ast.expr]
) -> Tags:
    """Return the traits of what a method gives back."""
    found: set[str] = set()
    if name == "copy":
        return walk.shallow(receiver)
    if name in tables.ALIAS_METHODS:
        found |= receiver
    elif name in tables.ELEMENT_METHODS:
        found |= {
            t.removeprefix("inner:")
            for t in receiver
            if t.startswith(("parameter:", "attribute:", "global:", "imported:", "object:", "inner:", "result:"))
        }
        found |= {"element"} if found else set()
    if name in tables.ITERATOR_METHODS:
        found.add("iterator")
    if name in tables.HANDLE_METHODS and (name != "connect" or not node.args):
        found.add(f"handle:{name}")
    if name == "open" and (any(t.startswith("text:") for t in receiver) or _mode(node, 0)):
        found.add("handle:open")
    if name in tables.READERS:
        found.add(f"large:{name}")
    kind = tables.TYPE_METHODS.get(name, "")
    if kind and not (name == "encode" and node.args and not isinstance(node.args[0], ast.Constant)):
        found.add(f"type:{kind}")
    if name not in tables.PLAIN_METHODS:
        found |= {t for t in receiver if t.startswith("exotic:")}
        found |= {t for t in receiver if t.startswith("large:")}
    special = tables.EXOTIC_METHODS.get(name, "")
    if special and not (name == "transpose" and "large" in receiver):
        found.add(f"exotic:{special}")
    found |= _exotic_arguments(walk, node, name, keywords)
    if name in ("fit_transform", "transform") and "sparse" in receiver:
        found.add("exotic:sparse")
    return frozenset(found) | {walk.new_object()}


def _exotic_arguments(walk: Observer, node: ast.Call, name: str, keywords: dict[str, ast.expr]) -> set[str]:
    """Return what the arguments of a method make special about its result."""
    first = node.args[0] if node.args else None
    found: set[str] = set()
    if name == "to" and first is not None:
        text = first.value if isinstance(first, ast.Constant) else ast.unparse(first)
        if text != "cpu" and not str(text).endswith(('device("cpu")', "device('cpu')")):
            is_type = str(text).startswith(("torch.float", "torch.int", "torch.long", "torch.bool", "torch.double"))
            found |= set() if is_type else {"exotic:device"}
            found |= {"exotic:dtype"} if str(text) in ("torch.bfloat16", "torch.float16", "torch.half") else set()
    if name == "set_index":
        found.add("exotic:MultiIndex" if isinstance(first, ast.List) and len(first.elts) > 1 else "exotic:index")
    if name == "astype" and first is not None:
        text = str(first.value) if isinstance(first, ast.Constant) else ast.unparse(first).rpartition(".")[2]
        kind = {"category": "categorical", "object": "object dtype", "float16": "dtype", "O": "object dtype"}.get(
            text, ""
        )
        kind = kind or ("categorical" if "CategoricalDtype" in ast.unparse(first) else "")
        found |= {f"exotic:{kind}"} if kind else set()
    if name == "groupby" and isinstance(first, ast.List) and len(first.elts) > 1:
        as_index = keywords.get("as_index")
        if not (isinstance(as_index, ast.Constant) and as_index.value is False):
            found.add("exotic:MultiIndex")
    return found


def _mode(node: ast.Call, position: int) -> str:
    """Return the mode of an `open`; empty when it is not a literal."""
    mode = next(
        (k.value for k in node.keywords if k.arg == "mode"), node.args[position] if len(node.args) > position else None
    )
    return str(mode.value) if isinstance(mode, ast.Constant) and isinstance(mode.value, str) else ""


def _paths(
    walk: Observer,
    node: ast.Call,
    dotted: str,
    last: str,
    receiver: Tags,
    arguments: Arguments,
    keywords: dict[str, ast.expr],
) -> None:
    """Note which paths a call reads and writes."""
    is_read = tables.PATH_READERS.get(dotted, -1) >= 0 or last in tables.READERS
    is_write = tables.PATH_WRITERS.get(dotted, -1) >= 0
    if not dotted:
        is_read = is_read or last in tables.PATH_READ_METHODS
        is_write = is_write or last in tables.PATH_WRITE_METHODS
    if dotted in ("builtins.open", "io.open", "gzip.open", "codecs.open") or (last == "open" and not dotted):
        mode = _mode(node, 1 if dotted else 0)
        is_write = any(letter in mode for letter in "wax")
        is_read = not is_write or "+" in mode
        if "a" in mode:
            walk.effect("non_idempotent", "append to a file", node.lineno, dotted or last)
    if not (is_read or is_write):
        return
    position = max(tables.PATH_WRITERS.get(dotted, -1) if is_write else tables.PATH_READERS.get(dotted, 0), 0)
    if not dotted and (last in tables.RECEIVER_PATHS or last == "open"):
        tags, source = receiver, node.func.value if isinstance(node.func, ast.Attribute) else None
    else:
        tags = _first(arguments, position) or next(
            (
                t
                for k, t in arguments
                if k in ("path", "filename", "file", "path_or_buf", "fname", "filepath_or_buffer")
            ),
            NOTHING,
        )
        source = (
            node.args[position]
            if len(node.args) > position
            else next((v for k, v in keywords.items() if k in ("path", "filename", "fname", "path_or_buf")), None)
        )
    names = [t for t in tags if t.startswith(("parameter:", "attribute:", "global:", "imported:", "result:"))]
    names += [t for t in tags if t.startswith("text:")]
    text = walk.path_of(source) if source is not None else ""
    if text:
        names.append(f"text:{text}")
    for tag in names:
        subject = constant_path(tag[5:]) if tag.startswith("text:") else tag
        if subject and is_read:
            walk.effect("reads_path", subject, node.lineno, last)
        if subject and is_write:
            walk.effect("writes_path", subject, node.lineno, last)


def _outward(
    walk: Observer, node: ast.Call, dotted: str, last: str, receiver: Tags, keywords: dict[str, ast.expr]
) -> None:
    """Note what a call adds to the world outside: rows, messages, requests, transactions."""
    line = node.lineno
    text = ast.unparse(node.func).lower() if isinstance(node.func, ast.Attribute) and not dotted else ""
    owner = text.rpartition(".")[0]
    words = set(owner.replace(".", "_").replace("()", "").split("_"))
    is_database = bool(words & set(tables.SESSION_NAMES)) or any(t.startswith("handle:") for t in receiver)
    if dotted in tables.POSTS or (
        last in ("post", "patch") and not dotted and words & {"requests", "session", "client", "http", "api", "httpx"}
    ):
        walk.effect("non_idempotent", "network POST", line, dotted or last)
    elif last in tables.PUBLISH_METHODS and not dotted and last != "post":
        walk.effect("non_idempotent", "message or row added", line, last)
    if last == "send" and words & {"producer", "smtp", "queue", "client", "channel", "socket", "conn", "mailer", "bus"}:
        walk.effect("non_idempotent", "message or row added", line, last)
    if last == "partial_fit":
        walk.effect("non_idempotent", "partial_fit", line, last)
    if dotted in tables.STATEFUL_COUNTERS:
        walk.effect("non_idempotent", "new identifier each time", line, dotted)
    if last in tables.TRANSACTION_METHODS and (is_database or dotted.endswith((".atomic", ".begin"))):
        walk.effect("transaction", last, line, owner or dotted)
    statement = _sql(node)
    if last in ("execute", "executemany", "executescript") and statement:
        verb = statement.split(None, 1)[0].upper()
        if verb in ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"):
            walk.effect("stores_row", verb, line, owner)
            if verb in ("INSERT", "MERGE") or (
                verb == "UPDATE" and any(sign in statement for sign in ("+ ", "- ", "+1", "-1"))
            ):
                walk.effect("non_idempotent", "row inserted" if verb != "UPDATE" else "row incremented", line, last)
        elif verb in ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT"):
            walk.effect("transaction", verb.lower(), line, owner)
    elif last in tables.STORE_METHODS or (
        last in ("add", "merge", "delete", "flush", "save", "insert") and is_database
    ):
        walk.effect("stores_row", last, line, owner)
        mode = keywords.get("if_exists")
        if last in ("add", "add_all", "insert", "insert_one", "insert_many", "bulk_save_objects") or (
            isinstance(mode, ast.Constant) and mode.value == "append"
        ):
            walk.effect("non_idempotent", "row inserted", line, last)


def _sql(node: ast.Call) -> str:
    """Return the text of an SQL statement given as the first argument."""
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Call) and first.args:
        first = first.args[0]
    if isinstance(first, ast.JoinedStr) and first.values:
        first = first.values[0]
    return first.value.strip() if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def _on_import(walk: Observer, node: ast.Call, dotted: str, last: str, receiver: Tags) -> None:
    """Note calls that change or read the world when the module is imported."""
    if "main_block" in walk.around:
        return
    root = dotted.partition(".")[0]
    is_path = dotted in tables.PATH_READERS or dotted in tables.PATH_WRITERS or dotted in tables.UNPICKLERS
    is_outside = (
        root in ("os", "shutil", "subprocess", "urllib", "requests", "httpx", "builtins")
        and last in tables.IMPORT_EFFECTS
    )
    is_network = dotted in tables.BLOCKING or dotted in tables.POSTS or dotted in tables.THREAD_STARTERS
    is_library = bool(dotted) and last in tables.READERS
    is_method = not dotted and (
        last
        in (
            "fit",
            "mkdir",
            "execute",
            "to_csv",
            "write_text",
            "to_parquet",
            "savefig",
            "read_text",
            "read_bytes",
            "start",
            "partial_fit",
            "unlink",
            "touch",
            "fit_transform",
            "commit",
            "from_pretrained",
        )
    )
    is_handle = dotted in tables.HANDLES and dotted not in (
        "logging.getLogger",
        "threading.Lock",
        "threading.RLock",
        "threading.Event",
        "boto3.client",
        "queue.Queue",
        "asyncio.Lock",
        "asyncio.Queue",
        "requests.Session",
        "logging.LoggerAdapter",
        "asyncio.Event",
        "asyncio.Semaphore",
        "sqlalchemy.create_engine",
        "sqlalchemy.orm.sessionmaker",
        "httpx.Client",
        "concurrent.futures.ThreadPoolExecutor",
        "threading.Condition",
        "threading.Semaphore",
        "redis.Redis",
    )
    if is_path or is_outside or is_network or is_library or is_method or is_handle or last == "from_pretrained":
        walk.effect("import_effect", "", node.lineno, dotted or last)
