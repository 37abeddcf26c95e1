"""A model registry in a folder: numbered versions, one of them in production."""

import shutil
from pathlib import Path

from churn.entities import ModelVersion
from churn.exceptions import ModelNotFoundError, PromotionError
from churn.logger import get_logger
from churn.models.evaluate import better_than
from churn.utils import ensure_parent, load_object, read_json, write_json

logger = get_logger(__name__)

STAGING = "staging"
PRODUCTION = "production"
ARCHIVED = "archived"


class ModelRegistry:
    """Keeps `index.json` and one joblib file per version below `root`."""

    def __init__(self, root):
        self.root = Path(root)

    @property
    def index_path(self):
        return self.root / "index.json"

    def register(self, model_path, model_name, metrics):
        """Copy a model file into the registry as the next version, in staging."""
        source = Path(model_path)
        if not source.exists():
            raise ModelNotFoundError(f"no model file {source.name}")
        entries = self.versions()
        number = max((entry.version for entry in entries), default=0) + 1
        target = ensure_parent(self.root / f"v{number}" / "model.joblib")
        shutil.copyfile(source, target)
        entry = ModelVersion(number, model_name, STAGING, f"v{number}/model.joblib", dict(metrics))
        self._save([*entries, entry])
        logger.info("registered version %d (%s)", number, model_name)
        return entry

    def versions(self):
        """Return all versions, oldest first."""
        if not self.index_path.exists():
            return []
        return [ModelVersion(**entry) for entry in read_json(self.index_path)["versions"]]

    def get(self, version):
        """Return one version."""
        for entry in self.versions():
            if entry.version == version:
                return entry
        raise ModelNotFoundError(f"no version {version}")

    def production(self):
        """Return the version in production, or nothing."""
        for entry in self.versions():
            if entry.stage == PRODUCTION:
                return entry
        return None

    def promote(self, version, min_gain=0.0, force=False):
        """Put a version into production if it beats the one that is there."""
        entry = self.get(version)
        current = self.production()
        if current is not None and current.version == version:
            return current
        if not force and not better_than(entry.metrics, current and current.metrics, min_gain):
            raise PromotionError(f"version {version} does not beat version {current.version}")
        return self._switch(version)

    def rollback(self):
        """Put the version that was in production before back there."""
        previous = [entry for entry in self.versions() if entry.stage == ARCHIVED]
        if not previous:
            raise ModelNotFoundError("no earlier version to go back to")
        return self._switch(previous[-1].version)

    def load(self, version=None):
        """Return the model bundle of a version, the one in production without a number."""
        entry = self.get(version) if version is not None else self.production()
        if entry is None:
            raise ModelNotFoundError("no version in production")
        return load_object(self.root / entry.file)

    def _switch(self, version):
        entries = self.versions()
        for entry in entries:
            if entry.version == version:
                entry.stage = PRODUCTION
            elif entry.stage == PRODUCTION:
                entry.stage = ARCHIVED
        self._save(entries)
        return self.get(version)

    def _save(self, entries):
        write_json(self.index_path, {"versions": [entry.to_dict() for entry in entries]})
