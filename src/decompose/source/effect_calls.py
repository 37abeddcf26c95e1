"""What one call does, judged from the qualified name or the method's name alone."""

from __future__ import annotations

import ast

from decompose.source import effect_tables as tables
from decompose.source.effect_observer import NOTHING, Arguments, Observer, Tags, first_argument, open_mode
from decompose.source.effect_outward import note_on_import, note_outward, note_paths

_CLASS = frozenset(range(ord("A"), ord("Z") + 1))


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
    note_paths(walk, node, dotted, last, receiver, arguments, keywords)
    note_outward(walk, node, dotted, last, receiver, keywords)
    if walk.is_module:
        note_on_import(walk, node, dotted, last, receiver)
    return result


def _function(walk: Observer, node: ast.Call, dotted: str, arguments: Arguments, keywords: dict[str, ast.expr]) -> Tags:
    """Note the effects of a call of an imported or built-in name."""
    line, first, last = node.lineno, first_argument(arguments), dotted.rpartition(".")[2]
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
        walk.change(first_argument(arguments, position), line, last)
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
    if "key" in keywords:
        _called(walk, next((tags for name, tags in arguments if name == "key"), NOTHING), line)
    if dotted == "builtins.setattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
        for tag in first:
            if tag.startswith("imported:"):
                walk.effect("global_store", f"{tag[9:]}.{node.args[1].value!s}", line, "rebind")
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
    first = first_argument(arguments)
    if dotted in tables.SHALLOW_COPIES:
        kind = tables.TYPES.get(dotted, "")
        copied = walk.shallow(first) - ({"iterator"} if last != "reversed" else NOTHING)
        extra = {f"type:{kind}"} if kind else set()
        return copied | extra | ({"iterator"} if last == "reversed" else set())
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
    if last in ("getOrCreate", "cursor"):
        found.add(f"handle:{last}")
    if dotted in ("collections.namedtuple", "typing.NamedTuple"):
        found.add("makes:tuple")
    if dotted in tables.HANDLE_FACTORIES:
        found.add(f"makes:handle:{tables.HANDLE_FACTORIES[dotted]}")
    if dotted == "functools.partial":
        found.add("callback:partial")
    if dotted in tables.RNG_OBJECTS:
        found.add("rng")
    if last in tables.SPARSE_MAKERS and not _is_dense(keywords):
        found.add("sparse")
    if (dotted in tables.UNPICKLERS and not _is_safe_load(keywords)) or (
        dotted == "numpy.load" and _is_true(keywords.get("allow_pickle"))
    ):
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
        and (ord(last[0]) in _CLASS or last in tables.MODEL_FACTORIES)
        and not any(dotted.startswith(f"{n}.") or dotted == n for n in tables.NOT_MODELS)
    ):
        found.add("ml_model")
    if dotted in tables.MODEL_MAKERS or dotted.startswith("torchvision.models."):
        found.add("ml_model")
    if tables.EXOTIC.get(last):
        found.add(f"exotic:{tables.EXOTIC[last]}")
    found |= _typed(node, dotted, keywords)
    if dotted in tables.CONTEXT_OBJECTS:
        found |= {"context_object", f"context:{tables.CONTEXT_OBJECTS[dotted]}"}
    found |= _dtype(walk, keywords.get("dtype"))
    if dotted.endswith(("DataFrame", "Series")) or last in ("concat", "merge"):
        found |= {t for t in first if t.startswith("large:")}
        found |= {t for _, tags in arguments for t in tags if t.startswith("exotic:")}
    if dotted.startswith("pandas.") and ("tz" in keywords or _is_true(keywords.get("utc"))):
        found.add("exotic:timezone")
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
    return _is_true(keywords.get("weights_only"))


def _is_dense(keywords: dict[str, ast.expr]) -> bool:
    """Return whether a transformer is told to give a dense result."""
    given = [keywords[name] for name in ("sparse", "sparse_output") if name in keywords]
    return any(isinstance(value, ast.Constant) and value.value is False for value in given)


def _is_true(value: ast.expr | None) -> bool:
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
        is_undone = "entering" in walk.around or f"ambient:{subject}" in walk.around
        walk.effect("sets_ambient", subject, node.lineno, f"with {dotted}" if is_undone else dotted)
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
            if not _is_session(node, name):
                walk.change(receiver, line, name, is_certain=False, column=node.col_offset)
        for _, tags in arguments:
            walk.keep_in(receiver, tags, line)
            if name in tables.FILLING_METHODS and isinstance(node.func, ast.Attribute):
                walk.put_into(node.func.value, tags)
    if name == "shuffle":
        walk.change(first_argument(arguments), line, name)
    if name in ("apply", "applymap", "submit", "starmap", "imap", "progress_apply", "add_done_callback"):
        for _, tags in arguments:
            _called(walk, tags, line)
    for raised in tables.METHOD_RAISES.get(name, ()):
        if not (name == "pop" and len(node.args) > 1):
            walk.effect("may_raise", raised, line, is_certain=False)
    _context_value(walk, node, name, receiver)
    if name in tables.MODEL_METHODS:
        for tag in receiver:
            walk.use(tag, "result_as_model")
            if tag.startswith("parameter:") and tag[10:] != walk.receiver:
                walk.effect("uses_model", tag[10:], line, name)
    if name in ("parse_args", "parse_known_args") and not node.args:
        walk.effect("reads_ambient", "argv", line, name)
    if name in ("enter_context", "enter_async_context"):
        for tag in first_argument(arguments):
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


def _is_session(node: ast.Call, name: str) -> bool:
    """Return whether a method adds to a database, by the name of what it is called on: no container changes then."""
    owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    words = set(owner.lower().replace(".", "_").split("_"))
    return name in ("add", "insert", "update", "remove", "clear") and bool(words & set(tables.SESSION_NAMES))


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
    if name == "open" and (any(t.startswith("text:") for t in receiver) or open_mode(node, 0)):
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
