"""Executors of clusters, by address: where the files of large code bases are read."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

from decompose.errors import DecomposeError

KINDS = "`dask://HOST:PORT`, `ray://HOST:PORT` or `ray://` (this machine)"


@contextmanager
def open_executor(address: str) -> Iterator[Executor | None]:
    """Give an executor on a cluster whose workers have `decompose` installed; `None` for an empty address.

    Args:
        address: `dask://HOST:PORT` of a Dask scheduler; `ray://HOST:PORT` of a Ray cluster, `ray://` for one made here.

    Raises:
        DecomposeError: If the address is of no known kind, its library is not installed, or nothing answers there.
    """
    kind, marker, place = address.partition("://")
    if not address:
        yield None
    elif kind == "dask" and marker and place:
        with _dask(place) as executor:
            yield executor
    elif kind == "ray" and marker:
        with _ray(place) as executor:
            yield executor
    else:
        raise DecomposeError(f"`{address}` is no executor", hint=f"give {KINDS}")


@contextmanager
def _dask(place: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError as error:
        raise DecomposeError("Dask is not installed", hint="pip install 'decompose-ml[dask]'") from error
    try:
        client = Client(f"tcp://{place}", timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise DecomposeError(f"no Dask scheduler answers at `{place}`: {error}") from error
    try:
        yield client.get_executor(pure=False)  # type: ignore[no-untyped-call]
    finally:
        client.close()  # type: ignore[no-untyped-call]


@contextmanager
def _ray(place: str) -> Iterator[Executor]:
    try:
        import ray
    except ImportError as error:
        raise DecomposeError("Ray is not installed", hint="pip install 'decompose-ml[ray]'") from error
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "120")  # a busy machine takes its time
    try:
        ray.init(address=place or None, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # Ray raises all kinds, `Exception` itself among them
        hint = "where the cluster asks for a token: RAY_AUTH_MODE=token and RAY_AUTH_TOKEN"
        raise DecomposeError(f"no Ray cluster answers at `{place}`: {error}", hint=hint if place else "") from error
    try:
        yield RayExecutor(ray)
    finally:
        ray.shutdown()


class RayExecutor(Executor):
    """Tasks of a Ray cluster as an executor.

    Args:
        ray: The library, initialised.
    """

    def __init__(self, ray: Any) -> None:
        self._ray = ray

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a function as a task."""
        reference = self._ray.remote(max_retries=0)(lambda: fn(*args, **kwargs)).remote()
        return reference.future()  # type: ignore[no-any-return]
