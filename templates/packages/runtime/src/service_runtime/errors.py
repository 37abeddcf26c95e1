"""What can go wrong between two services, apart from the errors that the called code itself raises."""

from __future__ import annotations


class RemoteCallError(ConnectionError):
    """The other service could not be reached, did not answer in time, or refused the call.

    It does not say whether the operation ran.
    """


class DeadlineExceeded(RemoteCallError, TimeoutError):
    """The time that the caller allowed is over."""


class NotSent(OSError):
    """The message did not reach the service, so it may be sent again."""


class RemoteError(Exception):
    """The called code raised an exception whose class does not exist on this side."""

    def __init__(self, class_name: str, message: str) -> None:
        super().__init__(class_name, message)
        self.class_name = class_name
        self.message = message

    def __str__(self) -> str:
        return f"{self.class_name}: {self.message}"


class NotTransferable(TypeError):
    """The value cannot cross between services without losing something."""


class WireError(ValueError):
    """The bytes received are not a message of ours."""


class ContractError(ValueError):
    """The arguments are not what the contract says."""

    def __init__(self, symbol: str, found: list[dict[str, str]]) -> None:
        places = "; ".join(f"`{item['where']}` {item['what']}" for item in found[:5])
        super().__init__(f"`{symbol}`: {places}")
        self.found = found


class ArtifactError(RuntimeError):
    """The artifact store cannot do what it was asked for."""


class JobError(RuntimeError):
    """A run of a job cannot be started or found."""
