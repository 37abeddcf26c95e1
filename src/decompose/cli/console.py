"""What goes where: results to standard output, everything else to standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import msgspec

from decompose.ir.plaintext import plain

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

_PATIENCE_SECONDS = 1.0
"""Work that is done sooner shows no progress."""


def say(text: str) -> None:
    """Print one line for people, on standard error."""
    print(plain(text), file=sys.stderr, flush=True)


def show(result: object) -> None:
    """Print a rich renderable, or plain text, as the result."""
    if isinstance(result, str):
        sys.stdout.write(plain(result if result.endswith("\n") else result + "\n"))
        return
    _console().print(_Tame(cast("RenderableType", result)))


class _Tame:
    """A renderable whose texts hold no control characters, whatever the analysed code put into them."""

    def __init__(self, inner: RenderableType) -> None:
        self.inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self.inner, options):
            yield segment if segment.control else segment._replace(text=plain(segment.text))


def show_json(result: Any) -> None:
    """Print a result for machines: JSON with sorted keys on standard output."""
    text = msgspec.json.format(msgspec.json.encode(result, order="deterministic"), indent=2)
    sys.stdout.write(text.decode() + "\n")


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a callback `(done, total)` that draws a bar on standard error once the work takes over a second."""
    started, bar, task = time.monotonic(), None, None

    def update(done: int, total: int) -> None:
        nonlocal bar, task
        if bar is None and time.monotonic() - started > _PATIENCE_SECONDS:
            from rich.console import Console  # noqa: PLC0415  (20 ms that quick work need not pay)
            from rich.progress import Progress  # noqa: PLC0415

            bar = Progress(console=Console(stderr=True), transient=True)
            bar.start()
            task = bar.add_task(label, total=total)
        if bar is not None and task is not None:
            bar.update(task, completed=done, total=total)

    try:
        yield update
    finally:
        if bar is not None:
            bar.stop()


def _console() -> Console:
    """Return the console of standard output; plain and unwrapped where it is not a terminal."""
    from rich.console import Console  # noqa: PLC0415

    return Console() if sys.stdout.isatty() else Console(width=120, no_color=True, safe_box=True)
