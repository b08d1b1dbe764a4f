"""Each status that the server answers with, as the official SDK raises it."""

from __future__ import annotations

from typing import Any

import pytest

from arize_sync.server import LocalServer

FIELDS = {"title", "status", "type", "detail", "instance"}


@pytest.fixture(scope="module")
def stranger(launch: Any) -> Any:
    """A process of the official SDK whose client is made anew by each test that has one."""
    return launch()


def check(refused: Any, name: str, status: int) -> None:
    """Check class, status and, where the operation declares the status, the problem."""
    assert (refused.name, refused.status) == (name, status)
    assert "arize._generated.api_client.exceptions.ApiException" in refused.classes
    assert f"({status})" in str(refused)
    if refused.data is not None:
        assert set(refused.data) == FIELDS
        assert refused.data["status"] == status


def test_400(official: Any) -> None:
    """A cursor that is none is a bad request."""
    refused = official.refusal("datasets.list", cursor="abc")
    check(refused, "BadRequestException", 400)
    assert "cursor" in refused.data["detail"]


def test_401(stranger: Any, server: LocalServer) -> None:
    """A wrong key is refused, and the answer does not repeat it."""
    stranger("session.connect", **{**server.client_options, "api_key": "wrong-key"})
    refused = stranger.refusal("spaces.list")
    check(refused, "UnauthorizedException", 401)
    assert "wrong-key" not in str(refused)


def test_a_wrong_key_on_flight_and_otlp(stranger: Any, server: LocalServer, dataset: Any) -> None:
    """Each transport checks the key: downloads and uploads fail, and spans of another server's client are not kept."""
    with LocalServer(":memory:") as other:
        strange = {name: other.client_options[name] for name in ("flight_port", "otlp_port")}
        stranger("session.connect", **{**server.client_options, **strange})
        refused = stranger.refusal("datasets.list_examples", dataset=dataset.id, all=True)
        assert refused.name == "RuntimeError"
        task = {"$name": "tasks.answer"}
        refused = stranger.refusal("experiments.run", name="x", dataset=dataset.id, task=task)
        assert "auth-token-bin" in str(refused)
        experiment, _ = stranger("experiments.run", name="x", dataset=dataset.id, task=task, force_http=True)
        with other._wrapped._running.store.database.read() as transaction:
            assert transaction.all("SELECT name FROM spans") == []
    assert experiment["name"] == "x"


def test_403(stranger: Any, server: LocalServer) -> None:
    """A request for another host is forbidden."""
    stranger("session.connect", **server.client_options, default_headers={"Host": "evil.example"})
    check(stranger.refusal("spaces.list"), "ForbiddenException", 403)


def test_404(official: Any) -> None:
    """A resource that is not there is not found."""
    check(official.refusal("datasets.get", dataset="RGF0YXNldDo5OTpBYkNk"), "NotFoundException", 404)


def test_409(official: Any, space: Any) -> None:
    """A name that is taken is a conflict."""
    check(official.refusal("spaces.update", space=space.id, name="default"), "ConflictException", 409)


def test_413(official: Any, space: Any) -> None:
    """A body that is too large is refused; the SDK has no class of its own for it, or sees the connection close."""
    rows = [{"text": "x" * 70_000} for _ in range(1000)]
    refused = official.refusal("datasets.create", name="large", space=space.id, examples=rows, force_http=True)
    assert refused.status == 413 or refused.name == "ProtocolError"


def test_422(official: Any, experiment: Any) -> None:
    """A filter that is none cannot be processed."""
    refused = official.refusal("experiments.list_runs", experiment=experiment.id, filter="(")
    check(refused, "UnprocessableEntityException", 422)


def test_500(official: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure of the server is a service exception that does not say what failed."""
    from arize_async.server.storage.database import Database

    def broken(self: Database) -> None:
        raise RuntimeError("secret path /data")

    monkeypatch.setattr(Database, "read", broken)
    refused = official.refusal("spaces.list")
    check(refused, "ServiceException", 500)
    assert "secret" not in str(refused)


def test_a_server_that_is_gone(stranger: Any) -> None:
    """The SDK gives up with the error of its HTTP library."""
    with LocalServer(":memory:") as server:
        options = server.client_options
    stranger("session.connect", **options)
    assert stranger.refusal("spaces.list").name == "MaxRetryError"
