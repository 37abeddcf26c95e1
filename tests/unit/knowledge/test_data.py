"""The data files: every entry names something that exists, where its library is installed."""

import importlib
import importlib.metadata
import warnings

import pytest
from packaging.version import Version

from decompose.knowledge import Knowledge, load

KNOWLEDGE = load()
EXPERIMENTAL = ("IterativeImputer", "HalvingGridSearchCV", "HalvingRandomSearchCV")
"""scikit-learn names that exist only after an import that switches them on."""


def installed(library: str) -> bool:
    found = KNOWLEDGE.library(library)
    if found is None or library == "family":
        return False
    if not found.distribution:
        return True
    try:
        importlib.metadata.version(found.distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def exists(name: str) -> bool:
    """Whether a name is there; one behind an optional dependency that is not installed cannot be told, and passes."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ImportError as error:
            if error.name and error.name.partition(".")[0] != parts[0]:
                return True
            continue
        for part in parts[cut:]:
            try:
                found = getattr(found, part)
            except (AttributeError, ImportError):
                return False
        return True
    return False


def dropped(knowledge: Knowledge, library: str, name: str) -> bool:
    found = knowledge.library(library)
    owner, _, method = name.rpartition(".")
    bases = [base for cls in (owner, *found.like.get(owner, ())) for base in (cls, *found.like.get(cls, ()))]
    until = next((found.until[f"{base}.{method}"] for base in bases if f"{base}.{method}" in found.until), "")
    return bool(until) and Version(importlib.metadata.version(found.distribution)) > Version(until)


@pytest.mark.parametrize("library", [name for name in KNOWLEDGE.libraries() if installed(name)])
def test_every_entry_of_an_installed_library_exists(library: str):
    own = [entry for entry in KNOWLEDGE.entries(library) if importlib.util.find_spec(entry.name.partition(".")[0])]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        missing = [
            entry.name
            for entry in own
            if not any(word in entry.name for word in EXPERIMENTAL)
            and entry.name not in KNOWLEDGE.library(library).held
            and not exists(entry.name)
            and not dropped(KNOWLEDGE, library, entry.name)
        ]

    assert missing == []


def test_there_are_enough_entries_and_libraries():
    counts = {library: sum(1 for _ in KNOWLEDGE.entries(library)) for library in KNOWLEDGE.libraries()}

    assert sum(count > 0 for count in counts.values()) >= 40
    assert sum(counts.values()) >= 3000


@pytest.mark.parametrize("library", KNOWLEDGE.libraries())
def test_an_entry_with_an_asset_effect_says_which_argument_names_it(library: str):
    unnamed = [
        entry.name
        for entry in KNOWLEDGE.entries(library)
        if entry.effect in ("read", "write", "mode", "sql") and entry.asset != "cache" and not entry.argument
    ]

    assert unnamed == []
