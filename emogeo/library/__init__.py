"""The doors for those who import emogeo: a model in memory, one's own arrays, a store; `emogeo` exports them lazily."""
