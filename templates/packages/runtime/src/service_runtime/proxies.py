"""Stand-ins for objects of other services: what facades of classes build on."""

from __future__ import annotations

import asyncio
import builtins
import importlib
import sys
from abc import ABCMeta
from collections.abc import AsyncIterator, Callable, Container
from functools import lru_cache
from types import MethodType
from typing import Any, NoReturn

from service_runtime import context
from service_runtime.client import Client, beside_loop, client_of
from service_runtime.errors import NotTransferable
from service_runtime.handles import Reference, remember, stand_in_for
from service_runtime.patches import FacadeModule, is_facade


class RemoteType(ABCMeta):
    """Class of facade classes: reads and calls on the class itself go to the owner as well."""

    _remote_client: Client | None
    _remote_symbol: str

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], **options: Any) -> Any:
        """Return the class; what is abstract is the owner's business."""
        made = super().__new__(cls, name, bases, body, **options)
        made.__abstractmethods__ = frozenset()
        return made

    def __getattr__(cls, name: str) -> Any:
        if name.startswith(("__", "_remote")) or cls._remote_client is None:
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        return cls._remote_client.class_attribute(cls._remote_symbol, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        """Set an attribute of the class here and, when a test replaces it, at the owner."""
        is_ours = not name.startswith(("__", "_remote", "_abc")) and cls._remote_client is not None
        if is_ours and context.process_name() == "client" and cls._remote_client is not None:
            if is_facade(value, cls.__module__, f"{cls.__qualname__}.{name}"):
                cls._remote_client.unpatch(cls._remote_symbol, name)
            else:
                cls._remote_client.patch(cls._remote_symbol, name, value)
        super().__setattr__(name, value)


class RemoteObject(metaclass=RemoteType):
    """An object that lives in another service; its methods and attributes are answered there."""

    _remote_client: Client | None = None
    _remote_symbol: str = ""
    _remote_names: frozenset[str] = frozenset()
    _remote_reference: Reference

    def __init_subclass__(cls, at: Client | None = None, symbol: str = "", **rest: Any) -> None:
        super().__init_subclass__(**rest)
        if at is not None:
            cls._remote_client, cls._remote_symbol = at, symbol
        cls._remote_names = cls._remote_names | frozenset(cls.__dict__)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._remote_create(kwargs, args)

    def __getattribute__(self, name: str) -> Any:
        if name.startswith(("_remote", "__")) or name in type(self)._remote_names:
            return object.__getattribute__(self, name)
        return self._remote_get(name)

    def __getattr__(self, name: str) -> Any:
        if name in ("__name__", "__qualname__", "__wrapped__"):
            return self._remote_get(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith(("_remote", "__")) or isinstance(getattr(type(self), name, None), property):
            object.__setattr__(self, name, value)
        else:
            self._remote_set(name, value)

    def __delattr__(self, name: str) -> None:
        self._remote_ask({"do": "delete", "name": name})

    def __repr__(self) -> str:
        return str(self._remote_call("__repr__", {}))

    def __str__(self) -> str:
        return str(self._remote_call("__str__", {}))

    def __dir__(self) -> list[str]:
        return sorted({*type(self)._remote_names, *self._remote_call("__dir__", {})})

    def __copy__(self) -> Any:
        return self._remote_ask({"do": "copy"})

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self._remote_ask({"do": "deepcopy"})

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        where = self._remote_reference.at
        raise NotTransferable(f"this {type(self).__name__} lives in `{where}` and can only be saved there")

    def __setstate__(self, state: Any) -> NoReturn:
        name = f"{type(self).__module__}:{type(self).__name__}"
        raise NotTransferable(
            f"`{name}` is a facade here, so a saved one cannot be loaded: make `{name}` shared in the plan"
        )

    def _remote_create(self, arguments: dict[str, Any], args: tuple[Any, ...] = ()) -> None:
        cls = type(self)
        if cls._remote_client is None:
            raise NotTransferable(f"`{cls.__name__}` cannot be built here")
        tree = cls._remote_client.create(cls._remote_symbol, arguments, args)
        adopt(self, Reference(tree["at"], tree["id"], tree["c"], tuple(tree["m"])))

    def _remote_ask(self, request: dict[str, Any]) -> Any:
        reference = self._remote_reference
        return client_of(reference.at).ask_object(reference.handle, request)

    def _remote_call(self, name: str, arguments: dict[str, Any], args: tuple[Any, ...] = ()) -> Any:
        return self._remote_ask({"do": "call", "name": name, "args": args, "arguments": arguments})

    async def _remote_call_async(self, name: str, arguments: dict[str, Any], args: tuple[Any, ...] = ()) -> Any:
        """Call an asynchronous method of the object, without blocking the event loop."""
        return await beside_loop(self._remote_call, name, arguments, args)

    async def _remote_stream(
        self, name: str, arguments: dict[str, Any], args: tuple[Any, ...] = ()
    ) -> AsyncIterator[Any]:
        """Yield what an asynchronous generator of the object yields, without blocking the event loop."""
        items = await self._remote_call_async(name, arguments, args)
        end = object()
        while (item := await asyncio.to_thread(next, items, end)) is not end:
            yield item

    def _remote_get(self, name: str) -> Any:
        return self._remote_ask({"do": "get", "name": name})

    def _remote_set(self, name: str, value: Any) -> None:
        self._remote_ask({"do": "set", "name": name, "args": (value,)})


class RemoteMethod:
    """A method of an object that lives in another service."""

    def __init__(self, owner: RemoteObject, name: str) -> None:
        self.owner = owner
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the method where the object lives."""
        return self.owner._remote_call(self.__name__, kwargs, args)


def adopt(stand_in: RemoteObject, reference: Reference) -> None:
    """Make `stand_in` stand for the reference, with the special methods that the object has."""
    stand_in._remote_reference = reference
    missing = tuple(name for name in reference.specials if name not in type(stand_in)._remote_names)
    if missing:
        stand_in.__class__ = _with_specials(type(stand_in), missing)
    remember(stand_in, reference)


def stand_in(tree: dict[str, Any]) -> RemoteObject:
    """Return the object that stands for a handle: the one that does already, or a new one of the facade class."""
    found = stand_in_for(tree["at"], tree["id"])
    is_lent = bool(tree.get("lent"))
    if found is not None:
        found._remote_reference.received += 0 if is_lent else 1
        return found  # type: ignore[no-any-return]
    cls = _facade_of(tree["c"])
    made = cls.__new__(cls)
    reference = Reference(tree["at"], tree["id"], tree["c"], tuple(tree["m"]))
    reference.is_lent = is_lent
    adopt(made, reference)
    return made


def _facade_of(class_key: str) -> type[RemoteObject]:
    module, _, qualname = class_key.partition(":")
    found: Any = sys.modules.get(module)
    if found is None:
        found = _facade_module(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    if isinstance(found, type) and issubclass(found, RemoteObject):
        return found
    name = qualname.rpartition(".")[2]
    return _passing_for(found) if isinstance(found, type) and module != "builtins" else _anonymous(name)


def _facade_module(module: str) -> Any:
    from service_runtime.modules import is_ours  # noqa: PLC0415

    if not is_ours(module):
        return None
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        return None


@lru_cache(maxsize=256)
def _anonymous(name: str) -> type[RemoteObject]:
    made: type[RemoteObject] = RemoteType(name or "Remote", (RemoteObject,), {"__module__": "service_runtime.proxies"})
    return made


@lru_cache(maxsize=256)
def _passing_for(real: type[Any]) -> type[RemoteObject]:
    """Return a class of stand-ins that `isinstance` takes for a class which this process has loaded."""
    swap = object.__dict__["__class__"].__set__
    body = {
        "__module__": real.__module__,
        "__qualname__": real.__qualname__,
        "__class__": property(lambda stand_in: real, swap),
    }
    made: type[RemoteObject] = RemoteType(real.__name__, (RemoteObject,), body)
    return made


@lru_cache(maxsize=1024)
def _with_specials(cls: type[RemoteObject], names: tuple[str, ...]) -> type[RemoteObject]:
    body: dict[str, Any] = {name: _forward(name) for name in names}
    body |= {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
    if "__eq__" in names:
        body["__hash__"] = object.__hash__
    made: type[RemoteObject] = RemoteType(cls.__name__, (cls,), body)
    return made


def _forward(name: str) -> Any:
    def call(self: RemoteObject, *args: Any, **kwargs: Any) -> Any:
        return self._remote_call(name, kwargs, args)

    if name in ("__anext__", "__aenter__", "__aexit__"):

        async def call_async(self: RemoteObject, *args: Any) -> Any:
            return await self._remote_call_async(name, {}, args)

        return call_async
    if name == "__iter__":

        def iterate(self: RemoteObject) -> Any:
            found = self._remote_call(name, {})
            return found if hasattr(type(found), "__next__") else iter(found)

        return iterate
    call.__name__ = name
    return call


class remote_static:  # a decorator, named as `staticmethod` is
    """Static method of a facade class, called at the owner."""

    def __init__(self, function: Any) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, owner: RemoteType) -> Any:
        return MethodType(self._function, _ClassCaller(owner))


class _ClassCaller:
    def __init__(self, owner: RemoteType) -> None:
        self._owner = owner

    def call(self, name: str, arguments: dict[str, Any], args: tuple[Any, ...] = ()) -> Any:
        return self._client().call_class(self._owner._remote_symbol, name, arguments, args)

    async def call_async(self, name: str, arguments: dict[str, Any], args: tuple[Any, ...] = ()) -> Any:
        return await self._client().call_class_async(self._owner._remote_symbol, name, arguments, args)

    def _client(self) -> Client:
        client = self._owner._remote_client
        if client is None:
            raise NotTransferable(f"`{self._owner.__name__}` has no owner")
        return client


def remote_names(
    here: str,
    module: str,
    *,
    values: dict[str, Client] | None = None,
    elsewhere: dict[str, str] | None = None,
    facades: dict[str, Client] | None = None,
) -> Callable[[str], Any]:
    """Return a `__getattr__` for a facade module.

    Args:
        here: Import name of the facade.
        module: Name of the module at its owner.
        values: Names whose values the owner is asked for.
        elsewhere: Names that the original imported from other modules, as `module:name`.
        facades: Functions and classes of the facade, with their owners; replacing one replaces it there too.
    """
    owned, others = values or {}, elsewhere or {}
    facade = sys.modules[here]
    facade.__dict__.update(_remote_module=module, _remote_owners={**owned, **(facades or {})})
    facade.__class__ = FacadeModule

    def find(name: str) -> Any:
        if name in owned:
            return owned[name].attribute(module, name)
        if name in others:
            target, _, attribute = others[name].partition(":")
            found = importlib.import_module(target)
            return getattr(found, attribute) if attribute else found
        raise AttributeError(f"module {here!r} has no attribute {name!r}")

    if owned:
        # functions that stand behind this in the module find such values by their names, as if they were its own
        facade.__dict__["__builtins__"] = _Elsewhere(facade.__dict__["__builtins__"], owned, find)
    return find


class _Elsewhere(dict[str, Any]):
    """Names that functions of a module find although neither it nor Python has them."""

    def __init__(self, known: Any, names: Container[str], find: Callable[[str], Any]) -> None:
        super().__init__(known if isinstance(known, dict) else vars(known))
        self._names = names
        self._find = find

    def __missing__(self, name: str) -> Any:
        return self._find(name) if name in self._names else vars(builtins)[name]
