"""One class for each noun of the platform: list, create, get, update, delete."""
