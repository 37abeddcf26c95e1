"""Evidence beyond the source text: traces of the user's own runs and the git history. Both optional."""

from __future__ import annotations

from decompose.ir.graph import Record


class TracedCall(Record):
    """What one caller asked of one callee during a traced run."""

    caller: str
    callee: str
    calls: int
    self_seconds: float = 0.0
    """Time inside the callee, without what it calls, summed over the calls, in seconds."""
    cpu_seconds: float = 0.0
    """Processor time of the same, in seconds; 0 where an older trace does not tell."""
    cpu_variation: float = 0.0
    """Coefficient of variation of the processor time of one call."""
    argument_bytes: float = 0.0
    """Mean size of the arguments of a sampled call, in bytes."""
    result_bytes: float = 0.0
    argument_types: dict[str, str] = {}  # noqa: RUF012  (msgspec copies an empty default)
    """Parameter to dotted type, as sampled."""
    result_type: str = ""


class Trace(Record):
    """A traced run."""

    command: tuple[str, ...]
    seconds: float
    calls: tuple[TracedCall, ...]
    schema_version: int = 1


class FileHistory(Record):
    """How one file changed."""

    path: str
    commits: int
    authors: tuple[str, ...] = ()


class CoChange(Record):
    """Two files that changed in the same commits."""

    first: str
    second: str
    commits: int


class History(Record):
    """The git history of the analysed tree, as far as it says which parts change together."""

    commits: int
    files: tuple[FileHistory, ...] = ()
    pairs: tuple[CoChange, ...] = ()
    change_sets: tuple[tuple[str, ...], ...] = ()
    """Paths changed by each of the last commits, newest first."""


class HopCost(Record):
    """What one call over the wire costs on this machine: `base_ms + bytes * ms_per_byte`."""

    base_ms: float = 0.6
    """Round trip of an empty message, in milliseconds."""
    ms_per_byte: float = 4e-6
    """Added per byte of request and reply, in milliseconds."""
    transport: str = "http-loopback"
    samples: int = 0
    """Round trips measured; 0 says that these are the documented defaults and nothing was measured."""
