"""Dockerfiles of the sandboxes' images, made from the table of languages."""
