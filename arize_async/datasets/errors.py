"""The official names of errors in rows; each is ``InvalidRows``."""

from arize_async.errors import InvalidRows as BinaryColumnError
from arize_async.errors import InvalidRows as DatasetError
from arize_async.errors import InvalidRows as EmptyDatasetError
from arize_async.errors import InvalidRows as IDColumnUniqueConstraintError
from arize_async.errors import InvalidRows as RequiredColumnsError

__all__ = [
    "BinaryColumnError",
    "DatasetError",
    "EmptyDatasetError",
    "IDColumnUniqueConstraintError",
    "RequiredColumnsError",
]
