"""No secret of the monolith is copied into a workspace: the generator refuses, and says where each stands."""

from __future__ import annotations

from decompose.errors import SecretError
from decompose.ir.filetree import FileTree
from decompose.ir.masking import find_secrets

_MOST_NAMED = 20


def refuse_secrets(tree: FileTree) -> None:
    """Check that no file of the tree holds a password or a key.

    Raises:
        SecretError: If one does, with each place and the masked line.
    """
    places = [
        f"{path}:{line}: {shown}"
        for path in tree
        for line, shown in find_secrets(tree.files[path].decode("utf-8", "replace"))
    ]
    if not places:
        return
    named = "\n  ".join(places[:_MOST_NAMED])
    more = f"\n  and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
    raise SecretError(
        f"the services would hold secrets of the monolith; nothing is written\n  {named}{more}",
        hint="read them from the environment (`os.environ`), or allow the copy with `--allow-secrets`",
    )
