"""``python -m tools.facade`` writes the blocking package; ``--check`` only tells whether it is up to date."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.facade.errors import Untranslatable
from tools.facade.files import Target, formatted
from tools.facade.modules import Mirror
from tools.facade.project import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.facade.manifest import Manifest


def main(arguments: Sequence[str] | None = None, *, root: Path = Path(), manifest: Manifest = MANIFEST) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.facade", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is not up to date")
    check = parser.parse_args(arguments).check
    try:
        raw = Mirror(root, manifest).render()
    except Untranslatable as error:
        print(error, file=sys.stderr)
        return 1
    packages = (manifest.source, manifest.target)
    texts = {path: formatted(text, path, root, packages) for path, text in raw.items()}
    target = Target(root, manifest.target, manifest.by_hand)
    if not check:
        for path in target.store(texts):
            print(path.as_posix())
    differences = list(target.differences(texts))
    for difference in differences:
        print(difference, file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
