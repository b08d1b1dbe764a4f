"""Rows that Arrow Flight cannot carry."""

from arize_async.errors import InvalidRows as RecordBatchTooLargeError

__all__ = ["RecordBatchTooLargeError"]
