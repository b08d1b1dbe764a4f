"""The REST application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.server.rest.annotation_configs import AnnotationConfigHandlers
from arize_async.server.rest.datasets import DatasetHandlers
from arize_async.server.rest.examples import ExampleHandlers
from arize_async.server.rest.exchange import BODY_LIMIT
from arize_async.server.rest.experiments import ExperimentHandlers
from arize_async.server.rest.guard import guarding
from arize_async.server.rest.members import MemberHandlers
from arize_async.server.rest.problems import problems
from arize_async.server.rest.resource_tags import ResourceTagHandlers
from arize_async.server.rest.runs import RunHandlers
from arize_async.server.rest.spaces import SpaceHandlers
from arize_async.server.rest.tags import TagHandlers

if TYPE_CHECKING:
    from collections.abc import Container

    from arize_async.server.access import Guard
    from arize_async.server.storage.store import Store

_HANDLERS = (
    SpaceHandlers,
    MemberHandlers,
    DatasetHandlers,
    ExampleHandlers,
    ExperimentHandlers,
    RunHandlers,
    AnnotationConfigHandlers,
    TagHandlers,
    ResourceTagHandlers,
)


def rest_application(store: Store, guard: Guard, public: Container[str] = ()) -> web.Application:
    """Build the application that serves ``/v2``; public paths, which others add, need no key."""
    application = web.Application(middlewares=[problems, guarding(guard, public)], client_max_size=BODY_LIMIT)
    for handlers in _HANDLERS:
        application.add_routes(handlers(store).routes())
    return application
