"""Paired statistics on arrays, with NumPy and SciPy; they know nothing of experiments.

Importing this package needs the extra ``stats``.
"""
