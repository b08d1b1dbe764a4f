"""What a cached download is filed under."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from arize_async.config import Config
    from arize_async.models.dataset import Dataset, DatasetVersion


@frozen(kw_only=True)
class Key:
    """Names one state of one dataset for one account.

    Attributes:
        subject: Digest of hosts, account, dataset and version.
        state: Digest of the moments of their last change.
        secret: Made from the API key.
    """

    subject: str
    state: str
    secret: bytes = field(repr=False)

    @property
    def file_name(self) -> str:
        """The name of the file; it tells nothing about the account."""
        return f"{self.subject}-{self.state}.arrow"

    @property
    def seal(self) -> bytes:
        """What seals the file: under another name it counts as damaged."""
        return sha256(self.secret + self.file_name.encode()).digest()


def key_of(config: Config, dataset: Dataset, version: str = "") -> Key | None:
    """Return the key of a dataset's examples, or None when the server does not say when they changed.

    Args:
        config: Hosts and account; headers count as part of the account.
        dataset: As the server just described it.
        version: Id of a version; by default the latest.
    """
    if dataset.updated_at is None:
        return None
    versions = dataset.versions or []
    found = next((known for known in versions if known.id == version or not version), None)
    hosts = [config.endpoints.api.url, config.endpoints.flight.url]
    secret = sha256(_text("seal", config.api_key)).digest()
    account = [secret.hex(), sorted((name.lower(), value) for name, value in config.default_headers.items())]
    subject = _text(hosts, account, dataset.space_id, dataset.id, found.id if found else version)
    return Key(subject=_digest(subject), state=_digest(_moments(dataset, found)), secret=secret)


def _moments(*changed: Dataset | DatasetVersion | None) -> bytes:
    return _text(*(thing and thing.updated_at and thing.updated_at.isoformat() for thing in changed))


def _text(*parts: object) -> bytes:
    return json.dumps(parts).encode()


def _digest(text: bytes) -> str:
    return sha256(text).hexdigest()[:32]
