"""The durable record of a run: what finished is on disk before anybody sees it as finished."""
