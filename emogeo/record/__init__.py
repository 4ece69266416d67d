"""What a run's record holds, as types."""
