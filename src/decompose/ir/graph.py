"""The code graph: units, assets, shared state, and the edges between them, each with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, dataclass_transform

import msgspec

from decompose.ir.findings import Finding, Span
from decompose.ir.notebook import Shown

if TYPE_CHECKING:
    import networkx as nx

GRAPH_SCHEMA = 1
"""Version of the record below; a stored graph of another version is analysed again."""

Confidence = Literal["certain", "possible"]
ModuleKind = Literal["package", "module", "script", "notebook", "test", "packaging"]
UnitKind = Literal["module", "class", "function", "method", "lambda", "cell"]
ParameterKind = Literal["positional_only", "positional", "var_positional", "keyword_only", "var_keyword"]
EdgeKind = Literal["call", "inherit", "import", "type", "value", "read", "write", "state_read", "state_write"]
AssetKind = Literal["file", "directory", "table", "object", "model", "topic", "url", "env", "config", "cache"]
StateKind = Literal["global", "class_attribute", "singleton", "cache", "handle", "rng"]
EntryKind = Literal["main", "cli", "route", "page", "task", "flow", "hook", "test", "job", "export"]
Role = Literal[
    "ingest", "validation", "features", "training", "tuning", "evaluation", "registry", "batch_inference",
    "online_inference", "postprocess", "monitoring", "orchestration", "gateway_ui", "config_util", "exploration",
]  # fmt: skip
Resource = Literal["gpu", "memory", "io", "cpu", "latency", "batch"]


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Record(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Base of the bulk records: immutable, compact, cheap to decode."""


class TypeGuess(Record):
    """What a value is, as far as can be seen."""

    type: str
    """Dotted type (`pandas.DataFrame`, `builtins.int`, `list[numpy.ndarray]`) or the symbol of an own class."""
    confidence: Confidence = "possible"
    provenance: str = ""
    """How it is known: `annotation`, `default`, `literal`, `constructor`, `library`, `flow`, `trace`."""


class Parameter(Record):
    """One parameter of a function."""

    name: str
    kind: ParameterKind = "positional"
    annotation: str = ""
    """Source text; empty without one."""
    default: str | None = None
    """Source text of the default; `None` when the parameter is required."""
    types: tuple[TypeGuess, ...] = ()


class Signature(Record):
    """Parameters and result of a function."""

    parameters: tuple[Parameter, ...] = ()
    returns: str = ""
    """Source text of the return annotation; empty without one."""
    return_types: tuple[TypeGuess, ...] = ()


class EntryPoint(Record):
    """Why something outside the code starts this unit."""

    kind: EntryKind
    framework: str = ""
    """Library that registers it (`fastapi`, `click`, `airflow`), `python` for a `__main__` block."""
    detail: str = ""
    """Route (`POST /predict`), command or task name."""


class RoleTag(Record):
    """One ML role of a unit, with its reasons."""

    role: Role
    confidence: float
    """0 to 1; the tags of a unit sum to at most 1."""
    evidence: tuple[str, ...] = ()
    """Reasons, strongest first, each `path:line what`."""


class ResourceTag(Record):
    """One resource trait of a unit, with its reasons."""

    resource: Resource
    evidence: tuple[str, ...] = ()


class Effect(Record):
    """Something a unit does that a caller in another process could notice.

    `kind` is one of `mutates_parameter`, `keeps_parameter`, `returns_parameter`, `calls_parameter`,
    `iterates_parameter`, `yields`, `raises`, `catches`, `identity_test`, `type_test`, `opens_handle`,
    `returns_handle`, `uses_rng`, `seeds_rng`, `reads_clock`, `reads_env`, `transaction`, `global_store`,
    `blocking`, `exits`, `starts_thread`, `import_effect`, and (`docs/hazards.md` says what each is for) `returns`
    (subject: a trait of the result, as in `Argument`), `global_read`, `may_raise`, `reads_path`, `writes_path`,
    `sets_ambient`, `reads_ambient`, `unpickles`, `stores_row`, `non_idempotent`, `names_class`, `defines`, `uses_model`.
    """

    kind: str
    subject: str = ""
    """The parameter, exception class, state or variable concerned."""
    span: Span | None = None
    confidence: Confidence = "certain"
    detail: str = ""


class Argument(Record):
    """What one call hands to one parameter, as far as it matters to a process boundary."""

    parameter: str
    """Parameter of the callee that receives it; `*` or `**` when it is spread over several."""
    traits: tuple[str, ...] = ()
    """Sorted: what the value is (`iterator`, `handle:open`, `callback:lambda`, `rng`, `large:read_csv`, `type:set` …),
    where it comes from (`parameter:x`, `global:m.NAME`, `attribute:x`), and what the caller does with it later
    (`read_after`, `mutated_after`)."""


class CallUse(Record):
    """One call of one own unit: what goes in, what becomes of the result, what surrounds it."""

    callee: str
    line: int
    column: int = 0
    arguments: tuple[Argument, ...] = ()
    """Only those with traits."""
    traits: tuple[str, ...] = ()
    """Sorted: `awaited`, `with`, `iterated`, `identity_test`, `result_mutated`, `loop:data`, `catches:ValueError`,
    `transaction`, `ambient:cwd`, `positional:2` (how many arguments), `keyword:name` …"""


class ColumnUse(Record):
    """A column of a data frame or table that a unit touches."""

    name: str
    use: Literal["read", "write", "drop"]
    """`read`: must be there; `write`: is made or overwritten; `drop`: is taken away."""
    line: int = 0
    """First place, 1-based; 0 when not known."""


class Unit(Record):
    """A piece of code with a name: function, method, class, module body, notebook cell."""

    symbol: str
    kind: UnitKind
    module: str
    """Module symbol part (`pkg.module`)."""
    span: Span
    parent: str = ""
    """Symbol of the enclosing class or function; empty at module level."""
    signature: Signature | None = None
    decorators: tuple[str, ...] = ()
    """Resolved dotted names, outermost first (own ones as symbols)."""
    bases: tuple[str, ...] = ()
    """Of a class: symbols of own bases, dotted names of others, in order."""
    flags: tuple[str, ...] = ()
    """Sorted: `async`, `generator`, `property`, `setter`, `static`, `classmethod`, `abstract`, `dataclass`, `enum`,
    `exception`, `namedtuple`, `protocol`, `pydantic`, `main_block`, `nested`, `overload`,
    `takes_prediction` (an argument holds what an ML model answered)."""
    doc: str = ""
    """First line of the docstring."""
    statements: int = 0
    """Number of statements in the body, a size that comments and blank lines do not change."""
    entry: EntryPoint | None = None
    attributes: tuple[Parameter, ...] = ()
    """Of a class: instance and class attributes that it sets, in order of appearance."""
    roles: tuple[RoleTag, ...] = ()
    resources: tuple[ResourceTag, ...] = ()
    effects: tuple[Effect, ...] = ()
    call_uses: tuple[CallUse, ...] = ()
    """Calls of own units at which something more than plain values and a plain result is at stake."""
    columns: tuple[ColumnUse, ...] = ()
    """Columns of data frames that it reads, makes and drops, as far as the text shows them; sorted by name."""


class Module(Record):
    """One analysed file."""

    name: str
    """Canonical dotted name (`pkg.module`), or the path for a notebook."""
    path: str
    kind: ModuleKind
    import_names: tuple[str, ...] = ()
    """Every dotted name under which the tree's own code may import it, canonical first."""
    digest: str = ""
    """BLAKE2b-128 of the file's bytes, hexadecimal."""
    lines: int = 0
    statements: int = 0
    """Statements beyond imports, definitions and docstrings that run on import."""
    exports: tuple[str, ...] = ()
    """`__all__` where it can be read."""
    externals: tuple[str, ...] = ()
    """Top-level third-party and standard modules that it imports, sorted."""


class Site(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """One place in the source that gives rise to an edge."""

    path: str
    line: int
    column: int = 0
    loops: int = 0
    """Loops (and comprehensions) around the place, inside its function."""
    text: str = ""
    """What stands there, shortened (`save_object(path, model)`); filled for edges other than plain calls."""


class Edge(Record):
    """A dependency of one thing on another, with the places and the reason."""

    source: str
    target: str
    kind: EdgeKind
    confidence: Confidence = "certain"
    reason: str = "direct"
    """How it was found: `direct`, `method`, `override`, `attribute`, `decorator`, `property`, `operator`, `context`,
    `iteration`, `higher_order`, `partial`, `registry`, `getattr`, `import`, `protocol:<library>`, `submit:<library>`,
    `config`, `flow`, `http` (a request to a route of another repository), `api:<qualified name>`."""
    sites: tuple[Site, ...] = ()
    parameter: str = ""
    """Of a value edge: the parameter of the target that receives the source's result (`return` for a returned result)."""
    types: tuple[TypeGuess, ...] = ()
    """Of a value edge: what flows."""
    detail: str = ""


class Asset(Record):
    """Something outside the program that it reads or writes."""

    symbol: str
    """`asset:artifacts/model.pkl`, `table:orders`, `model:churn`; unknown parts in braces (`models/{name}.pkl`)."""
    kind: AssetKind
    name: str
    format: str = ""
    """`csv`, `parquet`, `joblib`, `sqlite`, `yaml` …"""
    columns: tuple[str, ...] = ()
    detail: str = ""


class State(Record):
    """Mutable state that several units share."""

    symbol: str
    """`state:pkg.config:CACHE`."""
    kind: StateKind
    span: Span
    type: str = ""
    is_mutated: bool = False
    """Whether anything changes it after import."""


class FileOutcome(Record):
    """What became of one file of the tree."""

    path: str
    outcome: Literal["analysed", "degraded", "skipped"]
    reason: str = ""


class LockFile(Record):
    """The versions at which a part of the tree is installed."""

    path: str
    pins: dict[str, str]
    """Version specifier by normalised distribution, sorted: `==1.2`; a range where it differs from machine to machine, or
    where that version has no wheel for a Python on which services run."""
    brings: dict[str, tuple[str, ...]] = {}
    """What a distribution needs on every machine, by normalised names, sorted."""
    unfit: tuple[str, ...] = ()
    """Distributions whose version has no wheel for a Python on which services run, sorted."""


class CallCoverage(Record):
    """Every call site of the tree, accounted for: `total == resolved + external + unresolved`."""

    total: int = 0
    resolved: int = 0
    """Sites with at least one target in the tree."""
    external: int = 0
    unresolved: int = 0
    causes: dict[str, int] = {}
    """Unresolved sites by cause, sorted by name."""


class CodeGraph(Record, Shown):
    """Everything the analysis knows; sorted, so that the same input gives the same bytes."""

    name: str
    """Name of the analysed folder."""
    digest: str
    """BLAKE2b-128 over the paths and digests of all files read, hexadecimal."""
    modules: tuple[Module, ...]
    units: tuple[Unit, ...]
    edges: tuple[Edge, ...]
    assets: tuple[Asset, ...] = ()
    states: tuple[State, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: tuple[FileOutcome, ...] = ()
    coverage: CallCoverage = CallCoverage()
    requirements: tuple[str, ...] = ()
    """Requirement lines of the monolith (PEP 508), from `requirements*.txt`, `pyproject.toml`, `setup.*`, lock files."""
    package: str = ""
    """Dotted name under which Python knows the analysed folder, when it is a package itself."""
    distributions: tuple[str, ...] = ()
    """Names of the distributions that are made of the tree, or of its neighbours on disk: no index has these."""
    locks: tuple[LockFile, ...] = ()
    """Lock files, sorted by path."""
    schema_version: int = GRAPH_SCHEMA

    def to_networkx(self) -> nx.MultiDiGraph:
        """Return the graph as a networkx multigraph: nodes by symbol, edges keyed by kind, records as `record`."""
        import networkx as nx  # noqa: PLC0415  (the one place that hands the graph out; it costs 130 ms to import)

        graph = nx.MultiDiGraph(name=self.name, digest=self.digest)
        for family, records in (("unit", self.units), ("asset", self.assets), ("state", self.states)):
            for record in records:
                graph.add_node(record.symbol, family=family, kind=record.kind, record=record)
        for module in self.modules:
            graph.add_node(module.name, family="module", kind=module.kind, record=module)
        for edge in self.edges:
            for end in (edge.source, edge.target):
                if end not in graph:
                    graph.add_node(end, family="external", kind="external", record=None)
            graph.add_edge(edge.source, edge.target, key=f"{edge.kind}:{edge.parameter}", kind=edge.kind, record=edge)
        return graph
