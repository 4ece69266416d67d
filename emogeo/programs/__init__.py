"""The two programs, as `train.py` and `analyze.py` of a clone and `emogeo` of a wheel start them."""
