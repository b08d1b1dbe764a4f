"""A dry run of this package: it executes, evaluates and makes spans, and sends nothing."""

from __future__ import annotations

from contenders import run_ours

PACKAGE = run_ours.PACKAGE


class Contender(run_ours.Contender):
    """This package without a server behind it, but for the download of the dataset."""

    dry_run = True
