"""One experiment from start to finish."""
