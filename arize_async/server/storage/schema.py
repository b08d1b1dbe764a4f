"""The tables, as migrations: entry n of ``MIGRATIONS`` leads from version n to version n + 1.

No table has a unique index. All writes of a file pass one lock in one process (the file is locked by DuckDB), so a name
is checked and inserted in one go; and DuckDB keeps an index entry as long as any older reader lives, so that a name
could not be given again after a delete while somebody reads.

Moments are microseconds since the epoch. ``owner_no`` is the number of whatever a row belongs to: numbers come from
one counter and mean one thing each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.errors import ServerFailed

if TYPE_CHECKING:
    from arize_async.server.storage.transaction import Transaction

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE counters (name VARCHAR NOT NULL, value BIGINT NOT NULL);
    INSERT INTO counters VALUES ('number', 0), ('row', 0), ('clock', 0);
    CREATE TABLE spaces (
        no BIGINT NOT NULL, id VARCHAR NOT NULL, name VARCHAR NOT NULL, organization_id VARCHAR NOT NULL,
        settings VARCHAR NOT NULL, created_us BIGINT NOT NULL
    );
    CREATE TABLE datasets (
        no BIGINT NOT NULL, id VARCHAR NOT NULL, space_no BIGINT NOT NULL, name VARCHAR NOT NULL,
        created_us BIGINT NOT NULL, updated_us BIGINT NOT NULL
    );
    CREATE TABLE dataset_versions (
        no BIGINT NOT NULL, id VARCHAR NOT NULL, dataset_no BIGINT NOT NULL, name VARCHAR NOT NULL,
        created_us BIGINT NOT NULL, updated_us BIGINT NOT NULL
    );
    CREATE TABLE examples (
        owner_no BIGINT NOT NULL, seq BIGINT NOT NULL, id VARCHAR NOT NULL, created_us BIGINT NOT NULL,
        updated_us BIGINT NOT NULL, doc VARCHAR NOT NULL
    );
    CREATE TABLE experiments (
        no BIGINT NOT NULL, id VARCHAR NOT NULL, space_no BIGINT NOT NULL, dataset_no BIGINT, version_id VARCHAR,
        name VARCHAR NOT NULL, traces VARCHAR, created_us BIGINT NOT NULL, updated_us BIGINT NOT NULL
    );
    CREATE TABLE runs (
        owner_no BIGINT NOT NULL, seq BIGINT NOT NULL, id VARCHAR NOT NULL, example_id VARCHAR, output VARCHAR,
        error VARCHAR, doc VARCHAR NOT NULL
    );
    CREATE TABLE columns (
        owner_no BIGINT NOT NULL, position INTEGER NOT NULL, name VARCHAR NOT NULL, kind BLOB NOT NULL,
        mixed BOOLEAN NOT NULL
    );
    CREATE TABLE annotation_configs (
        no BIGINT NOT NULL, id VARCHAR NOT NULL, space_no BIGINT NOT NULL, name VARCHAR NOT NULL,
        body VARCHAR NOT NULL, created_us BIGINT NOT NULL
    );
    CREATE TABLE annotations (
        owner_no BIGINT NOT NULL, record_id VARCHAR NOT NULL, name VARCHAR NOT NULL, score DOUBLE, label VARCHAR,
        text VARCHAR, updated_us BIGINT NOT NULL
    );
    CREATE TABLE projects (
        no BIGINT NOT NULL, id VARCHAR NOT NULL, space_no BIGINT NOT NULL, name VARCHAR NOT NULL,
        created_us BIGINT NOT NULL
    );
    CREATE TABLE spans (
        owner_no BIGINT NOT NULL, seq BIGINT NOT NULL, trace_id VARCHAR NOT NULL, span_id VARCHAR NOT NULL,
        parent_id VARCHAR, name VARCHAR NOT NULL, kind VARCHAR NOT NULL, start_ns BIGINT NOT NULL,
        end_ns BIGINT NOT NULL, status VARCHAR NOT NULL, status_message VARCHAR, scope VARCHAR NOT NULL,
        attributes VARCHAR NOT NULL, events VARCHAR NOT NULL, links VARCHAR NOT NULL, resource VARCHAR NOT NULL
    );
    """,
    """
    CREATE TABLE space_members (
        no BIGINT NOT NULL, id VARCHAR NOT NULL, space_no BIGINT NOT NULL, user_id VARCHAR NOT NULL,
        role_type VARCHAR NOT NULL, role VARCHAR NOT NULL
    );
    CREATE TABLE tags (
        no BIGINT NOT NULL, id VARCHAR NOT NULL, space_no BIGINT NOT NULL, name VARCHAR NOT NULL, description VARCHAR,
        color VARCHAR, created_us BIGINT NOT NULL, updated_us BIGINT NOT NULL
    );
    CREATE TABLE resource_tags (owner_no BIGINT NOT NULL, tag_no BIGINT NOT NULL);
    """,
)


def migrate(transaction: Transaction) -> None:
    """Bring a file to the newest version, inside the caller's transaction.

    Raises:
        ServerFailed: A newer version of this package wrote the file.
    """
    transaction.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
    found = transaction.one("SELECT max(version) FROM schema_version")
    version = int(found[0]) if found and found[0] is not None else 0
    if version > len(MIGRATIONS):
        raise ServerFailed(
            f"the database has schema version {version} and this version of arize_async knows {len(MIGRATIONS)};"
            " upgrade arize_async or use another directory"
        )
    for step in range(version, len(MIGRATIONS)):
        transaction.run(MIGRATIONS[step])
        transaction.run("INSERT INTO schema_version VALUES (?)", step + 1)
