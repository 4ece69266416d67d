"""The names of a record's files."""

from __future__ import annotations

RUN_FILE = "run.json"
"""The file that every record of a run has: how the run was made, and its numbers."""
VECTORS = "vectors.safetensors"
RDM = "rdm.safetensors"
TEXTS = "texts.jsonl"
"""The texts that were read for a geometry, or written in steering."""
SHIFTS = "shifts.jsonl"
"""The effect of steering on the words of emotions."""
ITEMS = "behaviour.jsonl"
"""The items of behaviour: questions, tasks and answers."""
ACTIVATIONS_FILE, PASS_FILE = "activations.safetensors", "reading.json"
"""The files of a pass: its states, and how it was computed."""
STORIES, FACTS = "generations.jsonl", "generation.json"
"""The files of written texts: the texts, and which model wrote them and how."""
