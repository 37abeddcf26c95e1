"""Checks of messages against the models of the contract."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service_runtime.schema import Arguments, Reply, troubles_of

log = logging.getLogger("service.contract")
_told: set[tuple[str, str]] = set()
_THEIR_OWN = ("missing", "extra_forbidden")
"""Troubles that the called function itself answers, with the `TypeError` that callers of the monolith know."""


@dataclass(frozen=True, slots=True)
class Message:
    """The models of one operation."""

    arguments: type[Arguments]
    reply: type[Reply]
    positional: tuple[str, ...] = ()
    """Parameters that may be given by position, in order."""


def troubles(message: Message, args: Sequence[Any], arguments: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what is wrong with the arguments of a call, as `{"where", "what", "kind"}`; empty when nothing is."""
    given = dict(zip(message.positional, args, strict=False)) | dict(arguments)
    return [
        {"where": ".".join(map(str, item["loc"])), "what": item["msg"], "kind": item["type"]}
        for item in troubles_of(message.arguments, given)
    ]


def report(symbol: str, found: list[dict[str, str]]) -> int:
    """Log each kind of trouble once and return how many there are; callers that were the monolith's go on."""
    ours = [item for item in found if item["kind"] not in _THEIR_OWN]
    for item in ours:
        if (symbol, item["where"]) not in _told:
            _told.add((symbol, item["where"]))
            log.warning("`%s`: `%s` %s; the annotation does not hold", symbol, item["where"], item["what"])
    return len(ours)
