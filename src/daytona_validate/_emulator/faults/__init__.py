"""Fault injection: the kinds of faults, which calls meet them, and what the client then sees."""
