"""The server: connections, requests and their checks, for every operation."""
