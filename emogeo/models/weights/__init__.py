"""Weights from the hub, the package index, or a folder."""
