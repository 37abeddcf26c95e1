"""Both answers: the caller gets what the monolith's own code says; what the service says is compared with it."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import inspect
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from service_runtime import echo
from service_runtime.differences import NotComparable, first_difference
from service_runtime.errors import NotTransferable, RemoteCallError
from service_runtime.proxies import RemoteObject
from service_runtime.shadowlog import log

_inside: ContextVar[bool] = ContextVar("inside", default=False)
"""Whether own code that has a shadow runs: what it calls in turn is part of one answer."""
_twins: dict[int, RemoteObject] = {}
"""The object of the service that was made as the local one was, by `id` of the local one."""


class Outcome(NamedTuple):
    """What a call gave: a result, or an exception."""

    result: Any = None
    error: BaseException | None = None


class Shadow:
    """Makes shadows of what one module defines.

    Args:
        service: Name of the service.
        module: Name of the module in the service.
        only_local: Why something is not asked twice, by name.
    """

    def __init__(self, service: str, module: str, only_local: dict[str, str]) -> None:
        self.service = service
        self.module = module
        self.only_local = only_local

    def of_function(self, own: Any, facade: Any, name: str) -> Any:
        """Return a function that answers as `own` and compares with `facade`."""
        reason = self.only_local.get(name, "")
        if inspect.isgeneratorfunction(own) or inspect.isasyncgenfunction(own):
            reason = "it yields"
        if reason:
            return _with_cache(_counted(own, f"{self.service}:{name}", reason), own)
        if inspect.iscoroutinefunction(own):
            return self._of_coroutine(own, facade, name)

        @functools.wraps(own)
        def both(*args: Any, **kwargs: Any) -> Any:
            return self._ask(name, own, facade, args, kwargs)

        return _with_cache(both, own, facade)

    def watch_class(self, own: Any, facade: type[RemoteObject]) -> None:
        """Give every instance that is made from now on a twin in the service, made and called as it is.

        The class stays the one that it was, so that nothing that asks for it (`isinstance`, `super`, pickle) notices.
        """
        name, create = own.__name__, own.__init__
        if f"{name}.__init__" in self.only_local or name in self.only_local:
            return
        for member, value in list(vars(own).items()):
            if _is_method(member, value) and inspect.isfunction(vars(facade).get(member)):
                setattr(own, member, self._of_method(f"{name}.{member}", value, member))

        @functools.wraps(create)
        def created(instance: Any, *args: Any, **kwargs: Any) -> None:
            if _inside.get() or type(instance) is not own:
                create(instance, *args, **kwargs)
                return
            twin_args = _copied((args, kwargs))
            with _set(_inside):
                create(instance, *args, **kwargs)
            if twin_args is not None:
                self._twin(f"{self.service}:{name}", instance, facade, *twin_args)

        own.__init__ = created

    def _of_method(self, label: str, own: Any, member: str) -> Any:
        reason = self.only_local.get(label, "")

        @functools.wraps(own)
        def both(instance: Any, *args: Any, **kwargs: Any) -> Any:
            twin = _twins.get(id(instance))
            bound = functools.partial(own, instance)
            if _inside.get() or twin is None or reason:
                if twin is not None and not _inside.get():
                    log.skip(f"{self.service}:{label}", reason)
                with _set(_inside):
                    return bound(*args, **kwargs)
            return self._ask(label, bound, getattr(twin, member), args, kwargs)

        return both

    def _of_coroutine(self, own: Any, facade: Any, name: str) -> Any:
        @functools.wraps(own)
        async def both(*args: Any, **kwargs: Any) -> Any:
            if _inside.get():
                return await own(*args, **kwargs)
            copied = _copied((args, kwargs))
            with _set(_inside):
                local = await _outcome_of(own(*args, **kwargs))
            if copied is None:
                log.skip(f"{self.service}:{name}", "an argument cannot be copied")
            else:
                with _set(echo.is_muted):
                    remote = await _outcome_of(facade(*copied[0], **copied[1]))
                await asyncio.to_thread(self._compare, f"{self.service}:{name}", local, remote, (args, kwargs), copied)
            return _given(local)

        return both

    def _ask(self, name: str, own: Callable[..., Any], facade: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if _inside.get():
            return own(*args, **kwargs)
        label, copied = f"{self.service}:{name}", _copied((args, kwargs))
        with _set(_inside):
            local = _call(own, args, kwargs)
        if copied is None:
            log.skip(label, "an argument cannot be copied")
        else:
            with _set(echo.is_muted):
                remote = _call(facade, *copied)
            self._compare(label, local, remote, (args, kwargs), copied)
        return _given(local)

    def _compare(self, label: str, local: Outcome, remote: Outcome, own: Any, copied: Any) -> None:
        if isinstance(remote.error, (RemoteCallError, NotTransferable)):
            log.skip(label, f"the service could not be asked: {type(remote.error).__name__}")
            return
        try:
            found = first_difference(local.error, remote.error, "raised")
            found = found or first_difference(local.result, remote.result, "result")
            for before, after in zip(own[0], copied[0], strict=True):
                found = found or first_difference(before, after, "argument")
            for key in own[1]:
                found = found or first_difference(own[1][key], copied[1][key], f"argument {key}")
        except NotComparable as error:
            log.skip(label, f"not comparable: {error}")
            return
        except Exception as error:  # noqa: BLE001  (a comparison that fails must not reach the caller)
            log.skip(label, f"the comparison failed: {error!r}")
            return
        if isinstance(remote.result, RemoteObject) and local.result is not None:
            _remember(local.result, remote.result)
        log.compared(label, found)

    def _twin(self, label: str, instance: Any, facade: Callable[..., Any], args: Any, kwargs: Any) -> None:
        with _set(echo.is_muted):
            remote = _call(facade, args, kwargs)
        if isinstance(remote.error, (RemoteCallError, NotTransferable)):
            log.skip(label, f"the service could not be asked: {type(remote.error).__name__}")
            return
        log.compared(label, first_difference(None, remote.error, "raised"))
        if remote.error is None:
            _remember(instance, remote.result)


@contextmanager
def _set(flag: ContextVar[bool]) -> Iterator[None]:
    token = flag.set(True)
    try:
        yield
    finally:
        flag.reset(token)


def _call(function: Callable[..., Any], args: Any, kwargs: Any) -> Outcome:
    try:
        return Outcome(function(*args, **kwargs))
    except BaseException as error:  # noqa: BLE001  (an outcome as any other; the caller gets its own)
        return Outcome(error=error)


async def _outcome_of(awaitable: Any) -> Outcome:
    try:
        return Outcome(await awaitable)
    except BaseException as error:  # noqa: BLE001  (as above)
        return Outcome(error=error)


def _given(outcome: Outcome) -> Any:
    if outcome.error is not None:
        raise outcome.error
    return outcome.result


def _copied(arguments: Any) -> Any:
    """Return arguments that the service may change, with twins for objects that have one; `None` when it cannot be."""
    try:
        return copy.deepcopy(arguments, dict(_twins))
    except Exception:  # noqa: BLE001  (whatever an argument's class does not allow)
        return None


def _remember(instance: Any, twin: RemoteObject) -> None:
    try:
        weakref.finalize(instance, _twins.pop, id(instance), None)
    except TypeError:
        return
    _twins[id(instance)] = twin


def _is_method(member: str, value: Any) -> bool:
    """Return whether a member of a class is an ordinary method whose answers can be compared."""
    is_plain = inspect.isfunction(value) and not inspect.iscoroutinefunction(value)
    return is_plain and not inspect.isgeneratorfunction(value) and member != "__init__"


def _with_cache(wrapper: Any, own: Any, facade: Any = None) -> Any:
    """Give the wrapper of a cached function what controls the cache; clearing it clears the service's, too."""
    if not hasattr(own, "cache_clear") or wrapper is own:
        return wrapper

    def cache_clear() -> None:
        own.cache_clear()
        if hasattr(facade, "cache_clear"):
            with contextlib.suppress(RemoteCallError):
                facade.cache_clear()

    wrapper.cache_clear = cache_clear
    wrapper.cache_info = own.cache_info
    return wrapper


def _counted(own: Any, label: str, reason: str) -> Any:
    if inspect.iscoroutinefunction(own) or inspect.isgeneratorfunction(own) or inspect.isasyncgenfunction(own):
        return own

    @functools.wraps(own)
    def alone(*args: Any, **kwargs: Any) -> Any:
        if not _inside.get():
            log.skip(label, reason)
        with _set(_inside):
            return own(*args, **kwargs)

    return alone
