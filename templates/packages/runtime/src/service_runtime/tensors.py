"""torch tensors: moved to the CPU, sent as the bytes of an array; the receiver has them on its CPU."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from service_runtime.arrays import raw
from service_runtime.errors import NotTransferable
from service_runtime.values import TAG, Decoder, Encode, Encoder, decoders


class _Severed(torch.autograd.Function):  # type: ignore[misc,unused-ignore]
    """Where a computed tensor came in: what it was computed from is in another process, and no gradient gets there."""

    @staticmethod
    def forward(context: Any, value: torch.Tensor) -> torch.Tensor:
        return value.detach()

    @staticmethod
    def backward(context: Any, *gradients: torch.Tensor) -> torch.Tensor:
        raise RuntimeError(
            "the gradient stops here: this tensor was computed in another service. "
            "Put what is trained and what it computes with into one service"
        )


def family(kind: type[Any]) -> Encode | None:
    """Return the encoder of tensors, parameters, dtypes and devices, `None` for other types."""
    if kind is torch.Tensor or kind is torch.nn.Parameter:
        return _encode_tensor
    if kind in (torch.dtype, torch.device):
        return lambda encoder, value: {TAG: "tensor", "k": kind.__name__, "v": str(value).removeprefix("torch.")}
    return None


def _encode_tensor(encoder: Encoder, value: torch.Tensor) -> Any:
    reference = encoder.seen(value)
    if reference is not None:
        return reference
    if value.layout is not torch.strided or value.is_quantized:
        raise NotTransferable(f"a tensor with layout `{value.layout}` cannot cross between services")
    solid = value.detach().cpu().contiguous()
    content = solid.view(torch.uint8) if solid.dim() else solid.reshape(1).view(torch.uint8)
    tree: dict[str, Any] = {TAG: "tensor", "k": type(value).__name__, "d": str(value.dtype).removeprefix("torch.")}
    tree |= {"s": list(value.shape), "g": value.requires_grad, "p": encoder.part(raw(content.numpy()))}
    if value.grad_fn is not None:
        tree["f"] = True
    elif value.grad is not None:
        tree["r"] = encoder.encode(value.grad)
    return tree


def _decode_tensor(decoder: Decoder, tree: dict[str, Any]) -> Any:
    if tree["k"] == "dtype":
        return getattr(torch, tree["v"])
    if tree["k"] == "device":
        return torch.device(tree["v"])
    slot = decoder.reserve()
    dtype = getattr(torch, tree["d"])
    content = np.frombuffer(decoder.parts[tree["p"]], dtype=np.uint8).copy()
    made = (
        torch.from_numpy(content).view(dtype).reshape(tree["s"])
        if content.size
        else torch.empty(tree["s"], dtype=dtype)
    )
    if tree["k"] == "Parameter":
        made = torch.nn.Parameter(made, requires_grad=tree["g"])
    elif tree["g"]:
        made = made.requires_grad_()
        made = _Severed.apply(made) if tree.get("f") else made  # type: ignore[no-untyped-call,unused-ignore]
    decoder.objects[slot] = made
    if "r" in tree:
        made.grad = decoder.decode(tree["r"])
    return made


decoders["tensor"] = _decode_tensor
