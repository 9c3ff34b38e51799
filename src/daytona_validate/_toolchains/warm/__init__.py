"""Compilers that keep running and serve one snippet after the other; their word only ever saves."""
