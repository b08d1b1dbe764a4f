"""An embedded server in memory, and plain clients of its three transports."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import aiohttp
import attrs
import pytest
from pyarrow import flight

from arize_async.server import LocalServer
from arize_async.wire.flight import decode_answer, encode_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    import pyarrow as pa


@attrs.frozen
class Answer:
    """Status, headers and parsed body of an answer."""

    status: int
    headers: Any
    body: Any


class Rest:
    """A plain HTTP client with the key."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """Use a session."""
        self.session = session

    async def __call__(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request; the path is sent as it is."""
        async with self.session.request(method, path, **options) as response:
            text = await response.text()
            body = await response.json(content_type=None) if "json" in response.content_type else text
            return Answer(response.status, response.headers, body)

    async def walk(self, path: str, items_name: str, /, **query: str) -> list[Any]:
        """Collect a list over all its pages."""
        items: list[Any] = []
        while True:
            answer = await self("GET", path, params=query)
            assert answer.status == 200, answer.body
            items += answer.body[items_name]
            if "next_cursor" not in answer.body["pagination"]:
                assert answer.body["pagination"] == {"has_more": False}
                return items
            query["cursor"] = answer.body["pagination"]["next_cursor"]


class Flight:
    """A plain Flight client with the key; every call blocks."""

    def __init__(self, address: str, key: str) -> None:
        """Connect to an address."""
        self._client = flight.connect(address)
        self._options = flight.FlightCallOptions(timeout=30, headers=[(b"auth-token-bin", key.encode())])

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def start(self, **fields: str) -> dict[str, str]:
        """Make an experiment."""
        body = encode_request("DoActionRequest", "create_experiment_db_entry", **fields)
        (result,) = self._client.do_action(flight.Action("create_experiment_db_entry", body), self._options)
        return decode_answer("CreateExperimentDBEntryResponse", result.body.to_pybytes())

    def put(self, request: str, table: pa.Table, *, rows: int = 1000, **fields: str) -> bytes:
        """Upload a table."""
        descriptor = flight.FlightDescriptor.for_command(encode_request("DoPutRequest", request, **fields))
        writer, reader = self._client.do_put(descriptor, table.schema, self._options)
        with writer:
            for batch in table.to_batches(max_chunksize=rows):
                writer.write_batch(batch)
            writer.done_writing()
            return reader.read().to_pybytes()

    def get(self, request: str, **fields: str) -> pa.Table:
        """Download a table."""
        ticket = flight.Ticket(encode_request("DoGetRequest", request, **fields))
        return self._client.do_get(ticket, self._options).read_all()


@pytest.fixture
async def connect() -> AsyncIterator[Callable[[LocalServer], Awaitable[Rest]]]:
    """Make clients of any server."""
    async with AsyncExitStack() as stack:

        async def make(server: LocalServer) -> Rest:
            headers = {"Authorization": f"Bearer {server.api_key}"}
            timeout = aiohttp.ClientTimeout(30)
            session = aiohttp.ClientSession(server.url, headers=headers, timeout=timeout)
            return Rest(await stack.enter_async_context(session))

        yield make


@pytest.fixture
async def server() -> AsyncIterator[LocalServer]:
    """A server that keeps nothing."""
    async with LocalServer(":memory:") as running:
        yield running


@pytest.fixture
async def rest(server: LocalServer, connect: Callable[[LocalServer], Awaitable[Rest]]) -> Rest:
    """A client of the server's REST side."""
    return await connect(server)


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Rest]:
    """A client of a server that a module's tests share: for those that only read."""
    async with LocalServer(":memory:") as server:
        headers = {"Authorization": f"Bearer {server.api_key}"}
        async with aiohttp.ClientSession(server.url, headers=headers, timeout=aiohttp.ClientTimeout(30)) as session:
            yield Rest(session)


@pytest.fixture
def flight_client(server: LocalServer) -> Iterator[Flight]:
    """A client of the server's Flight side."""
    options = server.client_options
    client = Flight(f"grpc+tcp://{options['flight_host']}:{options['flight_port']}", server.api_key)
    yield client
    client.close()


@pytest.fixture
async def space(rest: Rest) -> str:
    """Id of the space ``default``."""
    found = await rest("GET", "/v2/spaces")
    assert [item["name"] for item in found.body["spaces"]] == ["default"]
    return found.body["spaces"][0]["id"]


@pytest.fixture
async def dataset(rest: Rest, space: str) -> str:
    """Id of a dataset with three examples."""
    examples = [{"question": f"q{number}", "number": number} for number in range(3)]
    made = await rest("POST", "/v2/datasets", json={"name": "three", "space_id": space, "examples": examples})
    assert made.status == 201
    return made.body["id"]


@pytest.fixture
async def experiment(rest: Rest, dataset: str) -> str:
    """Id of an experiment with two runs."""
    runs = [{"example_id": f"e{number}", "output": f"o{number}", "eval.x.score": number / 2} for number in range(2)]
    body = {"name": "first", "dataset_id": dataset, "experiment_runs": runs}
    made = await rest("POST", "/v2/experiments", json=body)
    assert made.status == 201
    return made.body["id"]
