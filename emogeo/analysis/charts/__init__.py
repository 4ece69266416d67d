"""Interactive charts, from tables."""
