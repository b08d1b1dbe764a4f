"""The REST side: one module of handlers for each noun, and what all requests have in common."""
