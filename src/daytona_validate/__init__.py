"""Run code snippets in fresh isolated sandboxes and say what happened."""
