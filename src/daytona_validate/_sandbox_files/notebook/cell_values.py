"""Asks the driver of a session to show the values of its codes, as a notebook's cells do."""

vars(__import__("builtins"))["__show_value__"] = None
