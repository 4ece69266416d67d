"""The names of a record's files."""

from __future__ import annotations

RUN_FILE = "run.json"
"""What every record of a run has: how it was made, and its numbers."""
VECTORS = "vectors.safetensors"
RDM = "rdm.safetensors"
TEXTS = "texts.jsonl"
"""Of a geometry the texts that were read; of steering those that were written."""
SHIFTS = "shifts.jsonl"
"""What steering does to the words of emotions."""
ITEMS = "behaviour.jsonl"
"""What was asked of a model, and its answers."""
