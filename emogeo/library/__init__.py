"""The functions for those who import emogeo, with a model, arrays or a store of their own; `emogeo` exports them."""
