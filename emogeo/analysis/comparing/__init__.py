"""Prepares runs to be compared, and finds minimal pairs of them."""
