"""The engines; only the folders below import an engine's library."""
