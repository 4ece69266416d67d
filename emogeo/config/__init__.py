"""The configuration of a run: its typed schema, its checks, and friendly errors for overrides."""
