"""Datasets and runs over Arrow Flight."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import os
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import pyarrow as pa
import pytest
from pyarrow import flight

from arize_async.server import LocalServer
from arize_async.wire.flight import encode_request
from arize_async.wire.ids import is_resource_id

if TYPE_CHECKING:
    from pathlib import Path

call = anyio.to_thread.run_sync


def in_thread(function: Any, *args: Any, **kwargs: Any) -> Any:
    """Call something that blocks in a thread."""
    return call(lambda: function(*args, **kwargs))


async def test_an_experiment_goes_the_way_of_a_run(rest: Any, flight_client: Any, dataset: str, space: str) -> None:
    """The action makes it at once, the upload fills it, both read paths agree."""
    names = {"space_id": space, "dataset_id": dataset, "experiment_name": "run"}
    made = await in_thread(flight_client.start, **names)
    assert is_resource_id(made["experiment_id"])
    assert made["trace_model_name"] == f"experiment_traces_for_dataset_{dataset}"
    found = (await rest("GET", f"/v2/experiments/{made['experiment_id']}")).body
    assert found["dataset_version_id"]
    table = pa.table(
        {
            "example_id": ["a", "b", "c"],
            "output": [1, None, 3],
            "error": pa.nulls(3),
            "result.trace.id": ["0" * 32] * 3,
            "latency": [1.5, math.nan, None],
            "token_count": pa.array([None, 2, None], pa.int64()),
            "total_cost": pa.nulls(3),
            "eval.x.score": [1.0, 0.0, 0.5],
        }
    )
    answer = await in_thread(flight_client.put, "post_experiment_data", table, rows=2, **names)
    assert made["experiment_id"].encode() in answer
    got = await in_thread(flight_client.get, "get_experiment", experiment_id=made["experiment_id"])
    assert got.column_names == ["id", *table.column_names]
    assert got.column("output").to_pylist() == ["1", None, "3"]
    assert got.column("latency").to_pylist() == [1.5, None, None]
    assert [str(got.schema.field(name).type) for name in ("error", "token_count", "total_cost")] == [
        "string",
        "int64",
        "null",
    ]
    runs = await rest.walk(f"/v2/experiments/{made['experiment_id']}/runs", "experiment_runs")
    assert [{key: run[key] for key in got.column_names} for run in runs] == got.to_pylist()
    after = (await rest("GET", f"/v2/experiments/{made['experiment_id']}")).body
    assert after["updated_at"] > found["updated_at"]


KEPT: dict[str, pa.Array[Any]] = {
    "ints": pa.array([1, None, -(2**63)]),
    "small": pa.array([1, None, 3], pa.int8()),
    "unsigned": pa.array([2**64 - 1, None, 0], pa.uint64()),
    "doubles": pa.array([0.1, None, 1e300]),
    "floats": pa.array([0.5, None, 2.0], pa.float32()),
    "bools": pa.array([True, None, False]),
    "text": pa.array(["", None, 'é"\\\n\u2028\U0001f600\x00']),
    "nothing": pa.nulls(3),
    "lists": pa.array([[1, 2], None, []]),
    "structs": pa.array([{"a": 1, "A": [None, "x"]}, None, {"a": None, "A": None}]),
    "naive": pa.array([1_767_323_045_678_901, None, -1], pa.timestamp("us")),
    "utc": pa.array([dt.datetime(2026, 1, 2, tzinfo=dt.UTC), None, None], pa.timestamp("ns", "UTC")),
    "berlin": pa.array([dt.datetime(2026, 7, 2, tzinfo=dt.UTC), None, None], pa.timestamp("ms", "Europe/Berlin")),
    "days": pa.array([dt.date(2026, 1, 2), None, dt.date(1, 1, 1)]),
    "times": pa.array([dt.time(1, 2, 3, 4), None, dt.time()]),
    "Case": pa.array([1, 2, 3]),
    "case": pa.array(["a", "b", "c"]),
    "with.dots and \"quotes' /~;": pa.array([1, 2, 3]),
    "": pa.array([1, 2, 3]),
}


async def upload(flight_client: Any, space: str, table: pa.Table, name: str = "flight") -> str:
    """Make a dataset and return its id."""
    answer = await in_thread(
        flight_client.put, "create_dataset", table, space_id=space, dataset_name=name, dataset_type="GENERATIVE"
    )
    return answer[2:].decode()


async def test_columns_come_back_with_their_types(flight_client: Any, space: str) -> None:
    """Values, types, names and their order survive."""
    table = pa.table(KEPT)
    dataset = await upload(flight_client, space, table)
    got = await in_thread(flight_client.get, "get_dataset", dataset_id=dataset)
    assert got.column_names == [*table.column_names, "id", "created_at", "updated_at"]
    for name in table.column_names:
        assert got.column(name).combine_chunks() == table.column(name).combine_chunks(), name


async def test_types_without_a_json_form_become_the_nearest(flight_client: Any, space: str) -> None:
    """Large and dictionary text is text, decimals and binaries are text, durations are seconds, maps are objects."""
    table = pa.table(
        {
            "large": pa.array(["a"], pa.large_string()),
            "words": pa.array(["a"]).dictionary_encode(),
            "decimal": pa.array([Decimal("1.50")]),
            "binary": pa.array([b"ab"]),
            "duration": pa.array([dt.timedelta(seconds=1.5)]),
            "nested": pa.array([[dt.date(2026, 1, 2)]]),
            "infinite": pa.array([math.inf]),
        }
    )
    dataset = await upload(flight_client, space, table)
    got = await in_thread(flight_client.get, "get_dataset", dataset_id=dataset)
    row = got.select(table.column_names).to_pylist()[0]
    assert row.pop("decimal") in (1.5, "1.50")
    assert row == {
        "large": "a",
        "words": "a",
        "binary": "ab",
        "duration": 1.5,
        "nested": ["2026-01-02"],
        "infinite": None,
    }


async def test_ids_and_moments_of_a_dataset_are_kept_or_made(rest: Any, flight_client: Any, space: str) -> None:
    """What the client sends is kept, what is missing is made; the order is the order of the rows."""
    table = pa.table(
        {
            "n": [2, 1, 0],
            "id": ["c", None, "a"],
            "created_at": [3_000, 2_000, None],
            "updated_at": [1_000, 1_000, 1_000],
        }
    )
    dataset = await upload(flight_client, space, table)
    got = await in_thread(flight_client.get, "get_dataset", dataset_id=dataset)
    assert got.column("n").to_pylist() == [2, 1, 0]
    assert got.column("created_at").to_pylist()[:2] == [3_000, 2_000]
    assert got.column("created_at")[2].as_py() > 1_600_000_000_000
    ids = got.column("id").to_pylist()
    assert (ids[0], ids[2]) == ("c", "a")
    assert uuid.UUID(ids[1]).version == 4
    rows = await rest.walk(f"/v2/datasets/{dataset}/examples", "examples")
    assert [row["id"] for row in rows] == ids
    assert rows[0]["created_at"] == "1970-01-01T00:00:03Z"


async def test_numbers_as_ids_are_text(flight_client: Any, space: str, dataset: str) -> None:
    """Whole numbers stay whole, even where pandas made them floats."""
    names = {"space_id": space, "dataset_id": dataset, "experiment_name": "numbers"}
    made = await in_thread(flight_client.start, **names)
    for ids in (pa.array([1, 2]), pa.array([3.0, math.nan])):
        await in_thread(
            flight_client.put, "post_experiment_data", pa.table({"example_id": ids, "output": ["a", "b"]}), **names
        )
    got = await in_thread(flight_client.get, "get_experiment", experiment_id=made["experiment_id"])
    assert got.column("example_id").to_pylist() == ["1", "2", "3", None]


async def test_an_upload_without_rows_is_accepted(flight_client: Any, space: str, dataset: str) -> None:
    """Its columns do not count, and reading gives no rows."""
    names = {"space_id": space, "dataset_id": dataset, "experiment_name": "empty"}
    made = await in_thread(flight_client.start, **names)
    empty = pa.table({"example_id": pa.array([], pa.float64()), "output": pa.array([], pa.float64())})
    await in_thread(flight_client.put, "post_experiment_data", empty, **names)
    got = await in_thread(flight_client.get, "get_experiment", experiment_id=made["experiment_id"])
    assert (got.num_rows, got.column_names) == (0, ["id", "example_id", "output", "error"])


async def test_rows_of_rest_are_typed_columns(rest: Any, flight_client: Any, space: str) -> None:
    """Types widen over rows; what has no common type, and JSON-text columns, are text."""
    rows = [
        {"grows": 1, "mixed": 1, "metadata": {"k": 1}, "nested": {"a": 1}},
        {"grows": 1.5, "mixed": "two", "metadata": "text", "nested": {"b": [2]}, "late": True},
        {"grows": None, "mixed": [3], "big": 2**63},
    ]
    made = await rest("POST", "/v2/datasets", json={"name": "typed", "space_id": space, "examples": rows})
    await rest("POST", f"/v2/datasets/{made.body['id']}/examples", json={"examples": [{"late": "text"}]})
    got = await in_thread(flight_client.get, "get_dataset", dataset_id=made.body["id"])
    assert got.column("grows").to_pylist() == [1.0, 1.5, None, None]
    assert got.column("mixed").to_pylist() == ["1", "two", "[3]", None]
    assert got.column("metadata").to_pylist() == ['{"k":1}', "text", None, None]
    assert got.column("nested").to_pylist() == [{"a": 1, "b": None}, {"a": None, "b": [2]}, None, None]
    assert got.column("late").to_pylist() == [None, "true", None, "text"]
    assert got.column("big").to_pylist() == [None, None, 2**63, None]


async def test_many_batches_are_read_in_order(flight_client: Any, space: str) -> None:
    """Rows of many batches come back complete, in order, in batches of bounded size."""
    count = 30_000
    table = pa.table({"n": range(count), "text": [f"text {number}" * 20 for number in range(count)]})
    dataset = await upload(flight_client, space, table)
    got = await in_thread(flight_client.get, "get_dataset", dataset_id=dataset)
    assert got.column("n").to_pylist() == list(range(count))
    assert max(batch.num_rows for batch in got.to_batches()) <= 10_000


async def test_refusals_name_the_problem(flight_client: Any, space: str, dataset: str) -> None:
    """The text is clear, and the extra info is the problem with its HTTP status."""
    names = {"space_id": space, "dataset_id": dataset, "experiment_name": "taken"}
    made = (await in_thread(flight_client.start, **names))["experiment_id"]
    table = pa.table({"example_id": ["a"], "output": ["b"]})
    twice = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])
    same = pa.table({"a": [1, 2], "id": ["x", "x"]})
    for status, part, function, args, fields in (
        (409, "taken", flight_client.start, (), names),
        (400, "experiment_name", flight_client.start, (), {**names, "experiment_name": 'a"b'}),
        (404, "dataset", flight_client.start, (), {**names, "dataset_id": "nope"}),
        (404, "experiment", flight_client.get, ("get_experiment",), {"experiment_id": "nope"}),
        (404, "dataset", flight_client.get, ("get_dataset",), {"dataset_id": "nope"}),
        (404, "version", flight_client.get, ("get_dataset",), {"dataset_id": dataset, "dataset_version": "nope"}),
        (404, "nope", flight_client.put, ("post_experiment_data", table), {**names, "experiment_name": "nope"}),
        (400, "output", flight_client.put, ("post_experiment_data", pa.table({"example_id": ["a"]})), names),
        (409, "three", flight_client.put, ("create_dataset", table), {"space_id": space, "dataset_name": "three"}),
        (400, "twice", flight_client.put, ("create_dataset", twice), {"space_id": space, "dataset_name": "new"}),
        (422, "'x'", flight_client.put, ("create_dataset", same), {"space_id": space, "dataset_name": "new"}),
        (404, "space", flight_client.put, ("create_dataset", table), {"space_id": "nope", "dataset_name": "new"}),
        (400, "255", flight_client.put, ("create_dataset", table), {"space_id": space, "dataset_name": "n" * 256}),
        (400, "blank", flight_client.put, ("create_dataset", table), {"space_id": space, "dataset_name": " "}),
        (404, "space 'S'", flight_client.start, (), {**names, "experiment_name": "new", "space_id": "S"}),
        (404, "space 'S'", flight_client.put, ("post_experiment_data", table), {**names, "space_id": "S"}),
        (404, "space 'S'", flight_client.get, ("get_dataset",), {"dataset_id": dataset, "space_id": "S"}),
        (404, "space 'S'", flight_client.get, ("get_experiment",), {"experiment_id": made, "space_id": "S"}),
    ):
        with pytest.raises(flight.FlightServerError) as caught:
            await in_thread(function, *args, **fields)
        problem = json.loads(caught.value.extra_info)
        assert problem["status"] == status, problem
        assert part in problem["detail"]
        assert problem["detail"] in str(caught.value)
        assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("headers", [[], [(b"auth-token-bin", b"wrong")], [(b"authorization", b"Bearer x")]])
async def test_calls_without_the_key_are_refused(server: LocalServer, headers: list[tuple[bytes, bytes]]) -> None:
    """Every kind of call is UNAUTHENTICATED."""
    options = flight.FlightCallOptions(timeout=30, headers=headers)

    def attempt() -> None:
        with flight.connect(f"grpc+tcp://127.0.0.1:{server.client_options['flight_port']}") as client:
            with pytest.raises(flight.FlightUnauthenticatedError):
                list(client.do_action(flight.Action("create_experiment_db_entry", b"{}"), options))
            with pytest.raises(flight.FlightUnauthenticatedError):
                client.do_get(flight.Ticket(b"{}"), options).read_all()

    await call(attempt)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"\xff", b'{"getDataset": 1}', b'{"listDatasets": {}}', b"{" * 10_000]
)
async def test_tickets_that_say_nothing_are_refused(server: LocalServer, body: bytes) -> None:
    """Status 400, and the server goes on."""
    options = flight.FlightCallOptions(timeout=30, headers=[(b"auth-token-bin", server.api_key.encode())])

    def attempt() -> None:
        with flight.connect(f"grpc+tcp://127.0.0.1:{server.client_options['flight_port']}") as client:
            with pytest.raises(flight.FlightServerError) as caught:
                client.do_get(flight.Ticket(body), options).read_all()
            assert json.loads(caught.value.extra_info)["status"] == 400

    await call(attempt)


async def test_an_upload_that_breaks_off_stores_nothing(tmp_path: Path, connect: Any) -> None:
    """Batches of a stream whose client was cut off are not in the store, and leave no file."""
    async with LocalServer(tmp_path) as server:
        rest = await connect(server)
        space = (await rest("GET", "/v2/spaces")).body["spaces"][0]["id"]
        options = flight.FlightCallOptions(timeout=2, headers=[(b"auth-token-bin", server.api_key.encode())])
        command = encode_request("DoPutRequest", "create_dataset", space_id=space, dataset_name="broken")
        table = pa.table({"a": ["x" * 8 * 1024 * 1024]})

        def break_off() -> None:
            with flight.connect(f"grpc+tcp://127.0.0.1:{server.client_options['flight_port']}") as client:
                writer, reader = client.do_put(flight.FlightDescriptor.for_command(command), table.schema, options)
                writer.write_table(table)
                with contextlib.suppress(flight.FlightError, pa.ArrowException):
                    reader.read()  # the stream is never finished, so the call runs into its deadline
                with contextlib.suppress(flight.FlightError, pa.ArrowException):
                    writer.close()

        await call(break_off)
    assert not [name for name in await in_thread(os.listdir, tmp_path) if name.startswith("upload-")]
    async with LocalServer(tmp_path) as server:  # anew: the first one has ended the call by now
        rest = await connect(server)
        assert await rest.walk("/v2/datasets", "datasets") == []
