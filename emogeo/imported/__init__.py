"""Files of vectors, RDMs and states that were measured elsewhere."""
