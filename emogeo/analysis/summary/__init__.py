"""What `analyze.py` prints: the answer, then what may stand in its way, then runs and pairs in narrow tables."""
