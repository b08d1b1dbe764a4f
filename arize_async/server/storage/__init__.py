"""The store of the embedded server: one DuckDB file, transactions, and a module of functions for each noun."""
