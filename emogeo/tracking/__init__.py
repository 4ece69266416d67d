"""W&B, the mirror of the store: runs and their artifacts, there and back."""
