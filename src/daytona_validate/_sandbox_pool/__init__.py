"""Sandboxes that the snippets of one call use one after the other, where more than one may."""
