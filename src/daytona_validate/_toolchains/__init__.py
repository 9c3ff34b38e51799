"""Toolchains: found on this machine, copied once, and proven to be what they were."""
