"""``python -m arize_async`` is the program ``arize-async``."""

from __future__ import annotations

import sys

from arize_async.cli import main

if __name__ == "__main__":
    sys.exit(main())
