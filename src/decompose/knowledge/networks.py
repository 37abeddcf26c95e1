"""What gradients pass through: networks, and the functions that compute on tensors or make networks.

A gradient ends where a process ends. So what a network computes with must run where the network runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decompose.ir.graph import Unit
from decompose.ir.symbols import MODULE_BODY, qualname_of

_BASES = (
    "torch.nn.", "torch.jit.", "torch.autograd.Function", "lightning.", "pytorch_lightning.", "keras.",
    "tensorflow.keras.", "tensorflow.Module", "flax.linen.", "flax.nnx.", "equinox.", "haiku.",
)  # fmt: skip
_TENSORS = frozenset({
    "torch.Tensor", "torch.FloatTensor", "torch.nn.Parameter", "tensorflow.Tensor", "tensorflow.Variable", "jax.Array",
    "jax.numpy.ndarray",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Networks:
    """The module-level units of a system that gradients pass through."""

    classes: frozenset[str]
    """Networks: own classes that inherit from a library's."""
    functions: frozenset[str]
    """Functions whose result is a tensor or a network."""

    def __contains__(self, symbol: str) -> bool:
        return symbol in self.classes or symbol in self.functions


def networks_of(units: Mapping[str, Unit]) -> Networks:
    """Return the networks of a system and the functions that compute on tensors or make networks.

    Args:
        units: Every unit by symbol.
    """
    tops = [unit for unit in units.values() if "." not in qualname_of(unit.symbol)]
    known: set[str] = set()
    while True:
        more = {
            unit.symbol
            for unit in tops
            if unit.kind == "class"
            and unit.symbol not in known
            and any(base in known or base.removeprefix("external:").startswith(_BASES) for base in unit.bases)
        }
        if not more:
            break
        known |= more
    functions = {
        unit.symbol
        for unit in tops
        if unit.kind == "function"
        and qualname_of(unit.symbol) != MODULE_BODY
        and unit.signature is not None
        and any(_is_differentiable(guess.type, known) for guess in unit.signature.return_types)
    }
    return Networks(frozenset(known), frozenset(functions))


def _is_differentiable(type_name: str, known: set[str]) -> bool:
    return type_name in known or type_name in _TENSORS or type_name.startswith(_BASES)
