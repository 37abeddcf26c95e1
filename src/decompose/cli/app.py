"""The `decompose` command: its commands, and what becomes of errors."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

import decompose
from decompose.cli import (
    analyze,
    check,
    compare,
    doctor,
    explain,
    export,
    generate,
    hazards,
    mcp,
    plan,
    propose,
    review,
    schema,
    trace,
    verify,
)
from decompose.cli.console import say
from decompose.errors import DecomposeError, SecretError

EXIT_NO = 1
"""Done, but the answer is no."""
EXIT_FAILED = 2
"""Could not be done."""
EXIT_SECRET = 3
"""Refused: what would be written holds a secret."""
EXIT_INTERRUPTED = 130


class Ended(KeyboardInterrupt):
    """A signal asked for the end: what was started is stopped, as after Ctrl-C."""


app = typer.Typer(
    name="decompose",
    help="Take a monolithic machine-learning codebase apart into services that run.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    analyze,
    propose,
    review,
    generate,
    verify,
    compare,
    check,
    schema,
    trace,
    explain,
    export,
    hazards,
    doctor,
    mcp,
):
    app.command(module.__name__.rpartition(".")[2])(module.command)
app.add_typer(plan.app, name="plan")


def _print_version(wanted: bool) -> None:
    """Print the version and stop, when asked to."""
    if wanted:
        typer.echo(decompose.__version__)
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and stop.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Options that stand before the command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    The codes: 0 done; 1 done, but the answer is no; 2 could not be done; 3 refused for a secret; 130 interrupted.
    """
    for number in signal.Signals:
        is_end = number.name in ("SIGTERM", "SIGHUP")
        if is_end and signal.getsignal(number) is signal.SIG_DFL:  # what `nohup` ignores stays ignored
            signal.signal(number, _end)
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=words)
    except SecretError as error:
        _fail(str(error), words, EXIT_SECRET)
    except DecomposeError as error:
        _fail(str(error), words, EXIT_FAILED)
    except KeyboardInterrupt:
        _fail("interrupted; what was not finished was not written", words, EXIT_INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_FAILED)
    except OSError as error:
        hint = "\n  hint: free some space and run again" if error.errno == errno.ENOSPC else ""
        place = f"{error.filename}: " if error.filename else ""
        _fail(f"{place}{error.strerror or error}{hint}", words, EXIT_FAILED)
    except Exception as error:
        name = type(error).__name__
        _fail(
            f"a fault of decompose itself, {name}: {error}\n  hint: report it with the output of `decompose --debug …`",
            words,
            EXIT_FAILED,
        )


def _end(number: int, frame: object) -> None:
    """Leave by way of every `finally`; a second signal does not disturb that."""
    signal.signal(number, signal.SIG_IGN)
    raise Ended


def _fail(message: str, words: list[str], code: int) -> None:
    """Print an error, with its traceback under `--debug`, and exit."""
    if "--debug" in words:
        raise  # noqa: PLE0704  (always called while an exception is being handled)
    say(f"error: {message}")
    sys.exit(code)
