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
ACTIVATIONS_FILE, PASS_FILE = "activations.safetensors", "reading.json"
"""Of a pass its states, and how it was computed."""
STORIES, FACTS = "generations.jsonl", "generation.json"
"""Of texts that a model wrote the texts, and who wrote them how."""
