"""How much of what a system calls of the ML libraries the knowledge base describes.

`python benchmarks/dataflow/coverage_of.py ROOT …` prints the share of call sites whose API has an entry of its own (a
package-wide default does not count), and the commonest ones without. A call on a value that is not known to be the
library's (an attribute of an own subclass of `torch.nn.Module`, say) names no API; such calls count apart.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from decompose import source
from decompose.graph.linking import solve
from decompose.graph.objects import External
from decompose.knowledge import Knowledge, load
from decompose.resources import room_for_recursion

ML_LIBRARIES = frozenset(
    [
        "accelerate",
        "airflow",
        "albumentations",
        "azureml",
        "catboost",
        "cv2",
        "dask",
        "datasets",
        "dill",
        "evidently",
        "faiss",
        "fastapi",
        "flask",
        "gensim",
        "gradio",
        "h5py",
        "hopsworks",
        "hsfs",
        "hydra",
        "imblearn",
        "joblib",
        "keras",
        "langchain",
        "librosa",
        "lightgbm",
        "lightning",
        "matplotlib",
        "mlflow",
        "networkx",
        "nltk",
        "numba",
        "numpy",
        "omegaconf",
        "onnx",
        "onnxruntime",
        "optuna",
        "pandas",
        "peft",
        "PIL",
        "plotly",
        "polars",
        "prefect",
        "pyarrow",
        "pyspark",
        "pytorch_lightning",
        "ray",
        "requests",
        "scipy",
        "seaborn",
        "sentence_transformers",
        "shap",
        "skimage",
        "sklearn",
        "soundfile",
        "spacy",
        "sqlalchemy",
        "statsmodels",
        "streamlit",
        "tensorflow",
        "tokenizers",
        "torch",
        "torchaudio",
        "torchmetrics",
        "torchvision",
        "tqdm",
        "transformers",
        "trl",
        "wandb",
        "xgboost",
        "yaml",
    ]
)
"""Import packages that count: those that ML systems share; a domain's own libraries do not."""


def sites(root: Path) -> Iterator[tuple[str, bool | None]]:
    """Yield the name and whether it is known for every call site of an ML library, each site and name once.

    `None` stands for a call on a value of unknown type.
    """
    knowledge = load()
    with room_for_recursion():
        solver = solve(source.scan(root))
    seen: set[tuple[int, str]] = set()
    for frame in solver.frames:
        for record in frame.calls.values():
            for item in sorted(record.callees):
                made = solver.objects[item]
                if not isinstance(made, External):
                    continue
                name = knowledge.resolve(made.name)
                if name.partition(".")[0] in ML_LIBRARIES and (id(record.node), name) not in seen:
                    seen.add((id(record.node), name))
                    api = knowledge.find(made.name)
                    is_known = api is not None and api.is_exact
                    yield name, True if is_known else (False if _is_api(knowledge, name) else None)


def _is_api(knowledge: Knowledge, name: str) -> bool:
    """Whether a name is below a module or class that the library documents."""
    package, owner = name.partition(".")[0], name.rpartition(".")[0]
    library = knowledge.library(package)
    return owner == package or (
        library is not None and (owner in library.apis or any(known.startswith(f"{owner}.") for known in library.apis))
    )


def coverage(root: Path) -> tuple[int, int, int]:
    """Return how many call sites have an entry, how many name an API, and how many there are."""
    found = [is_known for _, is_known in sites(root)]
    return found.count(True), len(found) - found.count(None), len(found)


def main() -> None:
    """Print the shares and what is missing."""
    missing: Counter[str] = Counter()
    names: dict[str, bool | None] = {}
    marks: list[bool | None] = []
    for word in sys.argv[1:]:
        found = list(sites(Path(word)))
        missing.update(name for name, is_known in found if is_known is False)
        names.update(found)
        marks += [is_known for _, is_known in found]
    for what, seen in (("call sites", marks), ("distinct names", list(names.values()))):
        known, unknown = seen.count(True), seen.count(False)
        print(f"{what}: {known} of {known + unknown} APIs known; {seen.count(None)} more on values of unknown type")
    for name, count in missing.most_common(40):
        print(f"{count:5} {name}")


if __name__ == "__main__":
    main()
