"""What a cell is made of: the typed schema, its checks, and friendly errors for overrides."""
