"""What is done to a store, and to those who use it, on purpose."""
