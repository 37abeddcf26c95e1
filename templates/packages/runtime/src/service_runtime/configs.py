"""Configurations of OmegaConf (and so of Hydra): by value, with their flags, interpolations kept."""

from __future__ import annotations

from typing import Any

from omegaconf import DictConfig, ListConfig, OmegaConf, flag_override

from service_runtime.values import TAG, Decoder, Encode, Encoder, decoders


def family(kind: type[Any]) -> Encode | None:
    """Return the encoder of configurations, `None` for other types."""
    return _encode_config if kind is DictConfig or kind is ListConfig else None


def content(value: Any) -> Any:
    """Return a configuration as plain containers: a part of a larger one with its interpolations resolved."""
    return OmegaConf.to_container(value, resolve=value._get_parent() is not None)


def overwrite(target: Any, source: Any) -> None:
    """Give a configuration what another one holds."""
    with flag_override(target, ["readonly", "struct"], False):
        target._set_value(content(source))


def _encode_config(encoder: Encoder, value: Any) -> Any:
    if value._metadata.object_type not in (dict, list, None):
        from service_runtime.instances import encode_handle  # noqa: PLC0415  (it registers this family)

        return encode_handle(encoder, value)
    reference = encoder.seen(value)
    if reference is not None:
        return reference
    return {TAG: "config", "v": encoder.encode(content(value)), "f": dict(value._metadata.flags or {})}


def _decode_config(decoder: Decoder, tree: dict[str, Any]) -> Any:
    slot = decoder.reserve()
    made = OmegaConf.create(decoder.decode(tree["v"]), flags=tree["f"] or None)
    decoder.objects[slot] = made
    return made


decoders["config"] = _decode_config
