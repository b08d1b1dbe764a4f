"""Databases of earlier schema versions, and of later ones.

``upgrades/schema_N.sql`` is a database with data in every table as schema version N had it, and ``schema_N.json`` what
the server of that time answered; neither changes any more.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
from pyarrow import flight

from arize_async.errors import ServerFailed
from arize_async.server import LocalServer
from arize_async.server.storage import schema
from arize_async.server.storage.database import Database
from arize_async.wire.flight import encode_request

UPGRADES = Path(__file__).parent / "upgrades"
NEWEST = len(schema.MIGRATIONS)


def restore(directory: Path, version: int) -> Path:
    """Make the database of an earlier version in a directory."""
    file = directory / "arize.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute((UPGRADES / f"schema_{version}.sql").read_text("utf-8"))
    return file


def tables(file: Path) -> dict[str, list[Any]]:
    """Return all rows of a database by table."""
    with duckdb.connect(file) as connection:
        names = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: connection.table(name).order("ALL").fetchall() for name in names}


async def test_a_database_of_version_1_reads_the_same(tmp_path: Path, connect: Any) -> None:
    """Every list and every value answer what they answered before, also after one more restart."""
    restore(tmp_path, 1)
    answers = json.loads((UPGRADES / "schema_1.json").read_text("utf-8"))
    for _ in range(2):
        async with LocalServer(tmp_path) as server:
            rest = await connect(server)
            for path, answer in answers.items():
                assert (await rest("GET", path)).body == answer, path


async def test_a_database_of_version_1_keeps_its_rows_and_types(tmp_path: Path, connect: Any) -> None:
    """No row of a table changes but the version, and Flight still gives the columns their types."""
    file = restore(tmp_path, 1)
    before = tables(file)
    async with LocalServer(tmp_path) as server:
        rest = await connect(server)
        experiment = (await rest("GET", "/v2/experiments", params={"name": "first"})).body["experiments"][0]
        options = flight.FlightCallOptions(timeout=30, headers=[(b"auth-token-bin", server.api_key.encode())])
        command = encode_request("DoGetRequest", "get_experiment", experiment_id=experiment["id"])
        with flight.connect(f"grpc+tcp://127.0.0.1:{server.client_options['flight_port']}") as client:
            table = client.do_get(flight.Ticket(command), options).read_all()
    assert table.column("latency").to_pylist() == [10.25, None]
    assert str(table.schema.field("eval.x.label").type) == "string"
    after = tables(file)
    versions = after.pop("schema_version")
    assert before.pop("schema_version") == versions[:1]
    assert versions == [(version,) for version in range(1, NEWEST + 1)]
    assert {name: after[name] for name in before} == before
    assert not any(after[name] for name in after.keys() - before.keys())


async def test_a_database_of_version_1_takes_tags_and_members(tmp_path: Path, connect: Any) -> None:
    """What came with version 2 works on what is older."""
    restore(tmp_path, 1)
    async with LocalServer(tmp_path) as server:
        rest = await connect(server)
        dataset = (await rest("GET", "/v2/datasets")).body["datasets"][0]
        tag = (await rest("POST", "/v2/tags", json={"name": "t", "space_id": dataset["space_id"]})).body
        path = f"/v2/datasets/{quote(dataset['id'], safe='')}"
        added = await rest("POST", f"{path}/tags", json={"tag_ids": [tag["id"]]})
        assert added.body["tags"] == [tag]
        role = {"type": "PREDEFINED", "name": "ADMIN"}
        users = f"/v2/spaces/{quote(dataset['space_id'], safe='')}/users"
        assert (await rest("POST", users, json={"user_id": "VXNlcjox", "role": role})).status == 200
        assert (await rest("DELETE", path)).status == 204


@pytest.mark.parametrize("failing", ["SELECT nothing FROM nowhere", "CREATE TABLE runs (no BIGINT)"])
def test_an_upgrade_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    """Steps before the one that fails are undone too, and the next start upgrades."""
    file = restore(tmp_path, 1)
    before = tables(file)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, f"CREATE TABLE half (no BIGINT); {failing}"))
        with pytest.raises(ServerFailed, match=r"arize\.duckdb cannot be upgraded, and nothing in it was changed"):
            Database.open(file)
    assert tables(file) == before
    Database.open(file).close()
    assert tables(file)["schema_version"][-1] == (NEWEST,)


async def test_a_database_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    """The error names both versions and says what to do; the file stays as it is and is not held open."""
    file = tmp_path / "arize.duckdb"
    Database.open(file).close()
    with duckdb.connect(file) as connection:
        connection.execute("INSERT INTO schema_version VALUES (99)")
    before = tables(file)
    with pytest.raises(ServerFailed, match=rf"version 99 .* knows {NEWEST}; upgrade arize_async or use another dir"):
        await LocalServer(tmp_path).start()
    assert tables(file) == before


def test_an_upgraded_database_has_the_tables_of_a_new_one(tmp_path: Path) -> None:
    """Whichever way a database came to the newest version, its columns are the same."""
    (tmp_path / "new").mkdir()
    new = tmp_path / "new" / "arize.duckdb"
    old = restore(tmp_path, 1)
    for file in (new, old):
        Database.open(file).close()
    assert _columns(new) == _columns(old)


def _columns(file: Path) -> list[Any]:
    sql = "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() ORDER BY ALL"
    with duckdb.connect(file) as connection:
        return connection.execute(sql).fetchall()
