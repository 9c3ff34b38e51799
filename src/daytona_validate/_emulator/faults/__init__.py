"""Faults on demand: their names, when they are met, and how they answer."""
