"""The artifact store as an MLflow model registry: a set is a registered model, the alias `current` says what is served.

Moving the alias in MLflow's own pages or tools is a promotion like any other. MLflow has no conditional writes: two
operators who move one set in the same second may see the later move win.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import mlflow
from mlflow.exceptions import MlflowException

from service_runtime.artifacts import ArtifactStore, Files, History, Version
from service_runtime.blobs import LocalBlobs, digest_of
from service_runtime.errors import ArtifactError

ALIAS = "current"
EXPERIMENT = "services"
TRAIL, PINNED, MOVES = "services.trail", "services.pinned", "services.moves"
MANIFEST = "manifest.json"


class MlflowStore(ArtifactStore):
    """Versions in an MLflow registry.

    Args:
        url: Tracking server, such as `http://127.0.0.1:5000`, or a database URL.
    """

    def __init__(self, url: str) -> None:
        super().__init__(LocalBlobs(Path(tempfile.gettempdir())))
        self._client = mlflow.MlflowClient(tracking_uri=url, registry_uri=url)
        self._places: dict[str, tuple[str, str]] = {}
        """Run and path of each content, by digest."""
        self._versions: dict[str, dict[int, Version]] = {}

    def sets(self) -> list[str]:
        """Return the names of the registered models that are sets of ours."""
        return sorted(unquote(m.name) for m in self._client.search_registered_models() if TRAIL in m.tags)

    def history(self, name: str) -> History:
        """Return what the registry says of a set now."""
        with self._lock:
            found = self._histories[name] = self._read(name)
        return found

    def publish(self, name: str, files: Mapping[str, Path], *, kept: Files, by: str = "", note: str = "") -> Version:
        """Log files to a run and register it as the next version of the set."""
        digests = {path: digest_of(file) for path, file in files.items()}
        whole = dict(sorted({**kept, **digests}.items()))
        before = self.history(name)
        if before.current is not None and dict(before.current.files) == whole:
            return before.current
        run = self._client.create_run(self._experiment(), run_name=name).info.run_id
        for path, file in files.items():
            self._client.log_artifact(run, str(_named(file, path)), f"files/{path}".rpartition("/")[0])
        places = {**self._places, **{digest: (run, path) for path, digest in digests.items()}}
        manifest = {path: {"digest": digest, "at": places[digest]} for path, digest in whole.items()}
        self._client.log_dict(run, {"files": manifest, "by": by, "note": note}, MANIFEST)
        self._client.set_terminated(run)
        made = self._register(name, run)
        history = self.history(name)
        if not (history.is_pinned and history.trail):
            self._make_current(name, history, int(made.version))
        return self.history(name).version(int(made.version))

    def fetch(self, digest: str, target: Path) -> None:
        """Write a file with this content."""
        if digest not in self._places:
            raise ArtifactError(f"the registry has no content {digest}")
        run, path = self._places[digest]
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            Path(self._client.download_artifacts(run, f"files/{path}", folder)).replace(target)
        if digest_of(target) != digest:
            target.unlink()
            raise ArtifactError(f"the registry's content {digest} is damaged")

    def _append(self, name: str, line: Callable[[History], dict[str, Any]]) -> History:
        """Make a move."""
        history = self.history(name)
        move = line(history)
        if move["kind"] in ("pin", "unpin"):
            self._client.set_registered_model_tag(_model(name), PINNED, str(move["kind"] == "pin"))
        if move["kind"] == "rollback":
            shorter = History(history.versions, history.trail[:-2], length=history.length)
            self._make_current(name, shorter, move["version"])
        elif "version" in move:
            self._make_current(name, history, move["version"])
        return self.history(name)

    def _make_current(self, name: str, history: History, number: int) -> None:
        trail = history.trail if history.trail[-1:] == (number,) else (*history.trail, number)
        moves = history.length - len(history.versions) + 1
        self._client.set_registered_model_alias(_model(name), ALIAS, str(number))
        self._client.set_registered_model_tag(_model(name), TRAIL, json.dumps(trail))
        self._client.set_registered_model_tag(_model(name), MOVES, str(moves))

    def _read(self, name: str) -> History:
        try:
            model = self._client.get_registered_model(_model(name))
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return History()
            raise
        known = self._versions.setdefault(name, {})
        for found in self._client.search_model_versions(f"name='{_model(name)}'"):
            if int(found.version) not in known:
                known[int(found.version)] = self._version(int(found.version), found.run_id)
        versions = tuple(known[number] for number in sorted(known))
        trail = tuple(json.loads(model.tags.get(TRAIL, "[]")))
        current = model.aliases.get(ALIAS)
        if current is not None and trail[-1:] != (int(current),):
            trail = (*trail, int(current))
        return History(
            versions=versions,
            trail=trail,
            is_pinned=model.tags.get(PINNED) == "True",
            length=len(versions) + int(model.tags.get(MOVES, "0")),
            known=frozenset(item for version in versions for item in version.files.items()),
        )

    def _version(self, number: int, run: str) -> Version:
        with tempfile.TemporaryDirectory() as folder:
            manifest = json.loads(Path(self._client.download_artifacts(run, MANIFEST, folder)).read_bytes())
        for entry in manifest["files"].values():
            self._places[entry["digest"]] = tuple(entry["at"])
        files = {path: entry["digest"] for path, entry in manifest["files"].items()}
        return Version(number, files, manifest["by"], manifest["note"])

    def _register(self, name: str, run: str) -> Any:
        try:
            self._client.create_registered_model(_model(name), tags={TRAIL: "[]"})
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        source = self._client.get_run(run).info.artifact_uri
        return self._client.create_model_version(_model(name), f"{source}/files", run)

    def _experiment(self) -> str:
        found = self._client.get_experiment_by_name(EXPERIMENT)
        return str(found.experiment_id if found is not None else self._client.create_experiment(EXPERIMENT))


def _model(name: str) -> str:
    return quote(name, safe="")


def _named(file: Path, path: str) -> Path:
    """Return the file; MLflow keeps the name that a file has, so it must be the one of its path.

    Raises:
        ArtifactError: If it is not.
    """
    if file.name != path.rpartition("/")[2]:
        raise ArtifactError(f"{file} cannot be kept as `{path}` in MLflow: the names differ")
    return file
