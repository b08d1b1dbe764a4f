"""Run and record LLM experiments, blocking."""
