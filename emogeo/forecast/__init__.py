"""What runs would cost, before any of them is started."""
