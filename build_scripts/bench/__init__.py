"""Measurements: how long a person waits, and how long we do."""
