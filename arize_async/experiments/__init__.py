"""The public import path of experiments."""
