"""The application of the web page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.server.ui.answers import careful
from arize_async.server.ui.comparison import ComparisonPages
from arize_async.server.ui.datasets import DatasetPages
from arize_async.server.ui.experiment import ExperimentPages
from arize_async.server.ui.preparing import Preparation
from arize_async.server.ui.run import RunPages
from arize_async.server.ui.run_cache import RunCache
from arize_async.server.ui.sign_in import SignIn, signed_in
from arize_async.server.ui.site import Site
from arize_async.server.ui.statistics import StatisticsPages

if TYPE_CHECKING:
    from arize_async.server.access import Guard
    from arize_async.server.storage.store import Store
    from arize_async.server.ui.assets import Assets
    from arize_async.server.ui.sessions import Sessions

_PAGES = (DatasetPages, ExperimentPages, RunPages, ComparisonPages, StatisticsPages)


def ui_application(store: Store, guard: Guard, sessions: Sessions, assets: Assets) -> web.Application:
    """Build the application that serves the pages; it checks who is there by itself."""
    application = web.Application(middlewares=[careful, signed_in(sessions)])
    preparation = Preparation()
    application.on_cleanup.append(preparation.end)
    site = Site(store, RunCache(), sessions, preparation)
    for pages in _PAGES:
        application.add_routes(pages(site).routes())
    application.add_routes(SignIn(sessions, guard).routes())
    application.add_routes(assets.routes())
    return application
