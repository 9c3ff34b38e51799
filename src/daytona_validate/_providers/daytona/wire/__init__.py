"""The service's HTTP: what is sent, over which connection, and what the answers mean."""
