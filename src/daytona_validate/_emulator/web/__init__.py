"""The HTTP server: connections, requests and their checks, for every operation."""
