"""Where user code runs, and how its parameters are bound."""
