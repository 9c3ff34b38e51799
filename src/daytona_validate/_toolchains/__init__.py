"""Toolchains: found on this host, copied once, and proven to be what they were."""
