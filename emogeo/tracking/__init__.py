"""The record of cells: a content-addressed local store, and W&B as its mirror."""
