"""Everything that is no plain value: objects by state, functions and classes by name, the rest by handle."""

from __future__ import annotations

import importlib
import logging
import types
from enum import Enum
from typing import Any

from service_runtime import allowlist
from service_runtime.allowlist import key_of
from service_runtime.callbacks import home
from service_runtime.context import receiver
from service_runtime.errors import NotTransferable
from service_runtime.values import TAG, Decoder, Encode, Encoder, decoders, families

_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType)


def load_decoders(tag: Any) -> None:
    """Import the modules that read the tags of numpy, pandas, torch and omegaconf, on first need."""
    if tag in ("ndarray", "scalar", "dtype", "frame") or not isinstance(tag, str):
        import service_runtime.arrays  # noqa: PLC0415
    if tag == "tensor":
        import service_runtime.tensors  # noqa: PLC0415
    elif tag == "config":
        import service_runtime.configs  # noqa: PLC0415
    elif tag not in ("ndarray", "scalar", "dtype", "object", "handle", "exception", "enum", "class", "function"):
        import service_runtime.frames  # noqa: F401, PLC0415


def _family(kind: type[Any]) -> Encode | None:
    root = kind.__module__.partition(".")[0]
    found: Encode | None = None
    if root == "numpy":
        from service_runtime.arrays import family  # noqa: PLC0415

        found = family(kind)
    elif root == "pandas":
        from service_runtime.frames import family as family_of_frames  # noqa: PLC0415

        found = family_of_frames(kind)
    elif root == "torch":
        from service_runtime.tensors import family as family_of_tensors  # noqa: PLC0415

        found = family_of_tensors(kind)
    elif root == "omegaconf":
        from service_runtime.configs import family as family_of_configs  # noqa: PLC0415

        found = family_of_configs(kind)
    return found or _own_family(kind)


def _own_family(kind: type[Any]) -> Encode:
    from service_runtime.proxies import RemoteObject  # noqa: PLC0415  (stand-ins need the codec themselves)

    if issubclass(kind, RemoteObject):
        return _encode_stand_in
    if issubclass(kind, Enum):
        return _encode_enum
    if issubclass(kind, type):
        return _encode_class
    if issubclass(kind, _FUNCTIONS) or kind.__name__ == "ufunc":
        return _encode_function
    if issubclass(kind, BaseException):
        return encode_exception
    if kind is types.ModuleType:
        return _encode_module
    if issubclass(kind, logging.Logger):
        return lambda encoder, value: {TAG: "logger", "v": value.name}
    key = key_of(kind)
    if allowlist.is_own_class(key) or allowlist.is_library_class(key):
        return _encode_object
    return encode_handle


def encode_handle(encoder: Encoder, value: Any) -> Any:
    """Return a handle: the object stays here, the receiver gets a stand-in."""
    from service_runtime.handles import describe  # noqa: PLC0415

    if not encoder.allows_handles:
        raise NotTransferable(f"a `{key_of(type(value))}` stays where it is")
    reference = encoder.seen(value)
    return reference if reference is not None else {TAG: "handle"} | describe(value, home())


def _encode_stand_in(encoder: Encoder, value: Any) -> Any:
    reference = encoder.seen(value)
    return reference if reference is not None else {TAG: "handle"} | value._remote_reference.tree(receiver.get())


def _decode_handle(decoder: Decoder, tree: dict[str, Any]) -> Any:
    slot = decoder.reserve()
    decoder.by_reference.add(slot)
    decoder.objects[slot] = _held(tree)
    return decoder.objects[slot]


def _held(tree: dict[str, Any]) -> Any:
    """Return the object of a handle: our own, or its stand-in."""
    from service_runtime.handles import exports  # noqa: PLC0415
    from service_runtime.proxies import stand_in  # noqa: PLC0415

    return exports.find(tree["id"]) if tree["at"] == home() else stand_in(tree)


def _encode_enum(encoder: Encoder, value: Enum) -> Any:
    key = key_of(type(value))
    if value.name is None or (not allowlist.is_own_class(key) and type(value).__module__ == "__main__"):
        raise NotTransferable(f"enum value `{value!r}` cannot cross between services")
    return {TAG: "enum", "c": key, "v": value.name}


def _encode_module(encoder: Encoder, value: types.ModuleType) -> Any:
    if not allowlist.is_importable(value.__name__):
        raise NotTransferable(f"module `{value.__name__}` cannot cross between services")
    return {TAG: "module", "v": value.__name__}


def _decode_module(decoder: Decoder, tree: dict[str, Any]) -> types.ModuleType:
    if not allowlist.is_importable(tree["v"]):
        raise PermissionError(f"module `{tree['v']}` may not be named in a message")
    return importlib.import_module(tree["v"])


def _encode_class(encoder: Encoder, value: type[Any]) -> Any:
    if value.__module__ == "__main__" or "<locals>" in value.__qualname__:
        return encode_handle(encoder, value)
    return {TAG: "class", "c": key_of(value)}


def _decode_class(decoder: Decoder, tree: dict[str, Any]) -> Any:
    from service_runtime.modules import is_ours  # noqa: PLC0415

    key = tree["c"]
    return allowlist.resolve(key) if is_ours(key.partition(":")[0]) else allowlist.class_named(key)


def _encode_function(encoder: Encoder, value: Any) -> Any:
    if getattr(value, "__module__", None) and getattr(value, "__qualname__", None):
        key = key_of(value)
        owner = allowlist.owner_of(key)
        if owner is not None and _is_reachable(key, value):
            allowlist.hand(key)
            tree = {TAG: "function", "c": key, "at": owner}
            return tree | _fallback(value) if encoder.allows_handles and allowlist.is_scattered(key) else tree
        if owner is None and allowlist.is_library_function(key) and _is_reachable(key, value):
            return {TAG: "function", "c": key, "at": ""}
    return encode_handle(encoder, value)


def _fallback(value: Any) -> dict[str, Any]:
    """Return a handle to the sender's own function, for a receiver that has no copy of it."""
    from service_runtime.handles import describe  # noqa: PLC0415

    return {"h": describe(value, home())}


def _is_reachable(key: str, value: Any) -> bool:
    try:
        return allowlist.function_named(key) is value
    except (ImportError, AttributeError, PermissionError):
        return False


def _decode_function(decoder: Decoder, tree: dict[str, Any]) -> Any:
    from service_runtime.client import client_of  # noqa: PLC0415

    key, at = tree["c"], tree["at"]
    try:
        return allowlist.function_named(key)
    except (ImportError, AttributeError):  # this process has no copy: the module is not here, or was cut
        if "h" in tree:
            return _held(tree["h"])
        if not at or at == home():
            raise
        return client_of(at).function(key)


def encode_exception(encoder: Encoder, value: BaseException) -> Any:
    """Return an exception by class, arguments and attributes."""
    state = {name: item for name, item in vars(value).items() if name != "__notes__"}
    tree: dict[str, Any] = {TAG: "exception", "c": key_of(type(value)), "t": str(value)}
    tree["a"] = [_or_text(encoder, item) for item in value.args]
    tree["s"] = {str(name): _or_text(encoder, item) for name, item in state.items()}
    return tree


def decode_exception(decoder: Decoder, tree: dict[str, Any]) -> BaseException:
    """Return the exception: of the same class where that exists here, else a `RemoteError`."""
    from service_runtime.errors import RemoteError  # noqa: PLC0415

    cls = allowlist.exception_named(tree["c"])
    args = tuple(decoder.decode(item) for item in tree["a"])
    state = {name: decoder.decode(item) for name, item in tree["s"].items()}
    if cls is None:
        return RemoteError(tree["c"].replace(":", "."), tree["t"])
    try:
        error = cls(*args) if cls.__module__ == "builtins" else cls.__new__(cls, *args)
        error.args = args
        error.__dict__.update(state)
    except (TypeError, ValueError):
        return RemoteError(tree["c"].replace(":", "."), tree["t"])
    return error


def _or_text(encoder: Encoder, value: Any) -> Any:
    """Encode part of an exception; what cannot cross, or should not be held for it, crosses as text."""
    probe = Encoder()
    probe.allows_handles = False
    try:
        probe.encode(value)
    except Exception:  # noqa: BLE001  (whatever ails the value, the exception that carries it matters more)
        return repr(value)
    return encoder.encode(value)


def _encode_object(encoder: Encoder, value: Any) -> Any:
    reference = encoder.seen(value)
    if reference is not None:
        return reference
    reduced = value.__reduce_ex__(4)
    if isinstance(reduced, str):
        raise NotTransferable(f"`{reduced}` is a singleton of its library and cannot cross between services")
    build, args, state, items, pairs = (*reduced, None, None, None)[:5]
    tree: dict[str, Any] = {TAG: "object", **_constructor(encoder, build, args)}
    if state is not None:
        tree["s"] = encoder.encode(state)
    if items is not None:
        tree["l"] = [encoder.encode(item) for item in items]
    if pairs is not None:
        tree["d"] = [[encoder.encode(key), encoder.encode(item)] for key, item in pairs]
    return tree


def _constructor(encoder: Encoder, build: Any, args: tuple[Any, ...]) -> dict[str, Any]:
    name = getattr(build, "__name__", "")
    if name == "__newobj__":
        return {"c": key_of(args[0]), "n": [encoder.encode(item) for item in args[1:]]}
    if name == "__newobj_ex__":
        keywords = {key: encoder.encode(item) for key, item in args[2].items()}
        return {"c": key_of(args[0]), "n": [encoder.encode(item) for item in args[1]], "k": keywords}
    if name == "_reconstructor" and args[1] is object:
        return {"c": key_of(args[0]), "n": []}
    key = key_of(build)
    if not (isinstance(build, type) or allowlist.is_rebuilder(key) or allowlist.owner_of(key) == ""):
        raise NotTransferable(f"objects that `{key}` puts together cannot cross between services")
    return {"f": key, "n": [encoder.encode(item) for item in args]}


def _decode_object(decoder: Decoder, tree: dict[str, Any]) -> Any:
    slot = decoder.reserve()
    args = [decoder.decode(item) for item in tree["n"]]
    if "f" in tree:
        made = _rebuild(tree["f"], args)
    else:
        keywords = {key: decoder.decode(item) for key, item in tree.get("k", {}).items()}
        cls = allowlist.class_named(tree["c"])
        made = cls.__new__(cls, *args, **keywords)
    decoder.objects[slot] = made
    if "s" in tree:
        set_state(made, decoder.decode(tree["s"]))
    if "l" in tree:
        for item in tree["l"]:
            made.append(decoder.decode(item))
    for key, item in tree.get("d", ()):
        made[decoder.decode(key)] = decoder.decode(item)
    return made


def _rebuild(key: str, args: list[Any]) -> Any:
    is_function = allowlist.is_rebuilder(key) or allowlist.owner_of(key) == ""
    return (allowlist.function_named(key) if is_function else allowlist.class_named(key))(*args)


def set_state(made: Any, state: Any) -> None:
    """Give an object its state, as its own `__setstate__` or else as attributes."""
    if hasattr(type(made), "__setstate__"):
        made.__setstate__(state)
        return
    attributes, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)  # noqa: PLR2004
    made_attributes = getattr(made, "__dict__", None)
    if attributes and made_attributes is not None:
        made_attributes.update(attributes)
    for name, item in (slots or {}).items():
        object.__setattr__(made, name, item)


families.append(_family)
decoders.update(
    {
        "object": _decode_object,
        "handle": _decode_handle,
        "exception": decode_exception,
        "enum": lambda decoder, tree: allowlist.class_named(tree["c"])[tree["v"]],
        "class": _decode_class,
        "function": _decode_function,
        "module": _decode_module,
        "logger": lambda decoder, tree: logging.getLogger(tree["v"]),
    }
)
