"""Runs the snippets of a course: which of them run, after which others, and completed by what."""
