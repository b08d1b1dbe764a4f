"""The pure engine: items in, outcomes out; it knows nothing of HTTP, frames or spans."""
