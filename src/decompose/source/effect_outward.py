"""What one call does to the world outside: files, rows, messages, transactions, and everything on import."""

from __future__ import annotations

import ast

from decompose.source import effect_tables as tables
from decompose.source.effect_observer import NOTHING, Arguments, Observer, Tags, first_argument, open_mode
from decompose.source.effect_scope import used_path


def note_paths(
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
        mode = open_mode(node, 1 if dotted else 0)
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
        tags = first_argument(arguments, position) or next(
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
        subject = used_path(tag[5:]) if tag.startswith("text:") else tag
        if subject and is_read:
            walk.effect("reads_path", subject, node.lineno, last)
        if subject and is_write:
            walk.effect("writes_path", subject, node.lineno, last)


def note_outward(
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


def note_on_import(walk: Observer, node: ast.Call, dotted: str, last: str, receiver: Tags) -> None:
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
    is_library = bool(dotted) and (last in tables.READERS or last in tables.FETCHERS or root == "streamlit")
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
            "create_all",
            "parse_args",
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
