"""emogeo: compare the emotion geometry of language models, and say when the comparison can be trusted."""

__version__ = "0.1.0"
