"""Tests of what runs would cost."""
