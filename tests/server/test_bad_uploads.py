"""Uploads over Flight that no well-made client sends, or that break off."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import pyarrow as pa
import pytest
from pyarrow import flight

import arize_async

if TYPE_CHECKING:
    from arize_async.server import LocalServer

CHILD = """
import sys, time
import pyarrow as pa
from pyarrow import flight
from arize_async.wire.flight import encode_request

address, key, fields = sys.argv[1], sys.argv[2], eval(sys.argv[3])
options = flight.FlightCallOptions(headers=[(b"auth-token-bin", key.encode())])
table = pa.table({"example_id": ["e"] * 1000, "output": ["o"] * 1000})
descriptor = flight.FlightDescriptor.for_command(encode_request("DoPutRequest", "post_experiment_data", **fields))
writer, _ = flight.connect(address).do_put(descriptor, table.schema, options)
for batch in table.to_batches(max_chunksize=100):
    writer.write_batch(batch)
print("sent", flush=True)
time.sleep(60)
"""


def texts(offsets: list[int], data: bytes) -> pa.Array[Any]:
    """Make an array of text of raw buffers."""
    places = pa.py_buffer(struct.pack(f"<{len(offsets)}i", *offsets))
    return pa.StringArray.from_buffers(len(offsets) - 1, places, pa.py_buffer(data))


def lists(offsets: list[int]) -> pa.Array[Any]:
    """Make an array of lists of raw offsets."""
    places = pa.py_buffer(struct.pack(f"<{len(offsets)}i", *offsets))
    return pa.ListArray.from_buffers(pa.list_(pa.int64()), len(offsets) - 1, [None, places], children=[pa.array([1])])


BROKEN = {
    "text that is not UTF-8": lambda: texts([0, 2], b"\xff\xfe"),
    "text that lies elsewhere": lambda: texts([0, 1 << 30, 2], b"ab"),
    "lists that lie elsewhere": lambda: lists([0, 1 << 29, 1]),
    "a word that is in no dictionary": lambda: pa.DictionaryArray.from_arrays(
        pa.array([1 << 20], pa.int32()), pa.array(["a"]), safe=False
    ),
}


async def put(flight_client: Any, request: str, table: pa.Table, **fields: str) -> bytes:
    """Upload in a thread."""
    return await anyio.to_thread.run_sync(lambda: flight_client.put(request, table, **fields))


async def refused(flight_client: Any, request: str, table: pa.Table, **fields: str) -> dict[str, Any]:
    """Return the problem with which an upload is refused."""
    with pytest.raises(flight.FlightServerError) as caught:
        await put(flight_client, request, table, **fields)
    return json.loads(caught.value.extra_info)


@pytest.fixture
async def names(rest: Any, space: str, dataset: str, experiment: str) -> dict[str, str]:
    """Which experiment an upload is for; it has two runs."""
    assert len(await rest.walk(f"/v2/experiments/{experiment}/runs", "experiment_runs")) == 2
    return {"space_id": space, "dataset_id": dataset, "experiment_name": "first"}


@pytest.mark.parametrize("what", BROKEN)
async def test_broken_arrays_are_refused(rest: Any, flight_client: Any, space: str, what: str) -> None:
    """Status 400; the good batch before it is not stored, and the server goes on."""
    rows = BROKEN[what]()
    good = pa.nulls(1, rows.type) if not pa.types.is_dictionary(rows.type) else pa.array(["a"]).dictionary_encode()
    table = pa.Table.from_batches(
        [pa.RecordBatch.from_arrays([array.cast(rows.type)], ["a"]) for array in (good,)]
        + [pa.RecordBatch.from_arrays([rows], ["a"])]
    )
    fields = {"space_id": space, "dataset_name": "broken", "dataset_type": "GENERATIVE"}
    problem = await refused(flight_client, "create_dataset", table, **fields)
    assert problem["status"] == 400, problem
    assert await rest.walk("/v2/datasets", "datasets") == []


async def test_odd_columns_of_runs(rest: Any, flight_client: Any, experiment: str, names: dict[str, str]) -> None:
    """Null-typed, nested and dictionary-encoded columns are stored, also as ids and outputs, which are text."""
    columns: dict[str, tuple[pa.Array[Any], list[Any]]] = {
        "nothing": (pa.nulls(2), [None, None]),
        "words": (pa.array(["w", None]).dictionary_encode(), ["w", None]),
        "lists": (pa.array([[{"a": 1}], None]), ['[{"a":1}]', None]),
        "structs": (pa.array([{"a": [None, 1.5]}, None]), ['{"a":[null,1.5]}', None]),
        "numbers": (pa.array([1, 2]), ["1", "2"]),
        "booleans": (pa.array([True, False]), ["true", "false"]),
    }
    for output, expected in columns.values():
        table = pa.table({"example_id": pa.array(["e", "f"]).dictionary_encode(), "output": output, "extra": output})
        await put(flight_client, "post_experiment_data", table, **names)
        runs = (await rest.walk(f"/v2/experiments/{experiment}/runs", "experiment_runs"))[-2:]
        assert [run["output"] for run in runs] == expected
        assert [run["example_id"] for run in runs] == ["e", "f"]


async def test_columns_given_twice_or_missing(
    rest: Any, flight_client: Any, experiment: str, names: dict[str, str]
) -> None:
    """Status 400, before anything is stored."""
    text = pa.array(["a"])
    for table in (
        pa.table([text, text, text], ["example_id", "output", "output"]),
        pa.table([text, text, text, text], ["example_id", "output", "x", "x"]),
        pa.table({"output": text}),
        pa.table({"OUTPUT": text, "example_id": text}),
    ):
        assert (await refused(flight_client, "post_experiment_data", table, **names))["status"] == 400
    assert len(await rest.walk(f"/v2/experiments/{experiment}/runs", "experiment_runs")) == 2


async def test_a_dataset_without_rows(rest: Any, flight_client: Any, space: str) -> None:
    """It exists, and has no examples on either read path."""
    fields = {"space_id": space, "dataset_name": "empty", "dataset_type": "GENERATIVE"}
    await put(flight_client, "create_dataset", pa.table({"a": pa.array([], pa.int64())}), **fields)
    (dataset,) = await rest.walk("/v2/datasets", "datasets")
    assert await rest.walk(f"/v2/datasets/{dataset['id']}/examples", "examples") == []
    got = await anyio.to_thread.run_sync(lambda: flight_client.get("get_dataset", dataset_id=dataset["id"]))
    assert got.num_rows == 0


async def test_a_client_that_is_killed_stores_nothing(
    server: LocalServer, rest: Any, experiment: str, names: dict[str, str]
) -> None:
    """Batches of a process that dies in the middle of an upload of runs are not stored."""
    address = f"grpc+tcp://127.0.0.1:{server.client_options['flight_port']}"
    command = [sys.executable, "-c", CHILD, address, server.api_key, repr(names)]
    environment = {"PYTHONPATH": str(Path(arize_async.__file__).parents[1])}

    def kill_one() -> None:
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"sent\n"
            process.kill()

    for _ in range(3):
        await anyio.to_thread.run_sync(kill_one)
    await rest(
        "POST", f"/v2/experiments/{experiment}/runs", json={"experiment_runs": [{"example_id": "e", "output": "o"}]}
    )
    runs = await rest.walk(f"/v2/experiments/{experiment}/runs", "experiment_runs")
    assert len(runs) == 3


@pytest.mark.parametrize("kind", [pa.timestamp("s"), pa.timestamp("s", "UTC"), pa.date64()])
async def test_moments_beyond_the_calendar_are_refused(
    rest: Any, flight_client: Any, space: str, kind: pa.DataType
) -> None:
    """Status 400, and nothing is stored: nobody could read the rows back."""
    table = pa.table({"at": pa.array([0, 2**62 // 86_400_000 * 86_400_000], pa.int64()).cast(kind)})
    with pytest.raises(flight.FlightServerError, match="'at' has a moment out of range"):
        await anyio.to_thread.run_sync(
            lambda: flight_client.put("create_dataset", table, space_id=space, dataset_name="late")
        )
    assert await rest.walk("/v2/datasets", "datasets") == []


async def test_calls_that_the_platform_does_not_have_are_refused(flight_client: Any) -> None:
    """The answer says so, without a traceback."""
    client, options = flight_client._client, flight_client._options
    where = flight.FlightDescriptor.for_path("x")
    for attempt in (
        lambda: list(client.list_flights(options=options)),
        lambda: client.get_flight_info(where, options),
        lambda: client.get_schema(where, options),
        lambda: list(client.list_actions(options)),
    ):
        with pytest.raises((flight.FlightServerError, OSError), match="is not supported here") as caught:
            await anyio.to_thread.run_sync(attempt)
        assert "Traceback" not in str(caught.value)
