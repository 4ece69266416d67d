"""What emogeo does with tiny random checkpoints of every architecture that transformers has: docs/models_table.md."""
