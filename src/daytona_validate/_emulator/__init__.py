"""Daytona's HTTP API in one process, over jails on this machine."""
