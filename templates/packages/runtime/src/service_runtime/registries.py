"""The artifact store that a URL names: a folder, any place that fsspec reaches, or an MLflow model registry."""

from __future__ import annotations

from pathlib import Path

from service_runtime.artifacts import ArtifactStore
from service_runtime.blobs import LocalBlobs, RemoteBlobs

MLFLOW = "mlflow+"


def open_store(url: str) -> ArtifactStore:
    """Return the store at a path or URL (`models`, `s3://bucket/models`, `mlflow+http://host:5000`).

    Raises:
        ImportError: If the library for this kind of place is not installed.
    """
    if url.startswith(MLFLOW):
        from service_runtime.mlflow_registry import MlflowStore  # noqa: PLC0415  (only where MLflow is installed)

        return MlflowStore(url.removeprefix(MLFLOW))
    if "://" not in url or url.startswith("file://"):
        return ArtifactStore(LocalBlobs(Path(url.removeprefix("file://"))))
    return ArtifactStore(RemoteBlobs(url))
