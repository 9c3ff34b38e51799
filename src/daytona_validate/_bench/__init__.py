"""Workloads of known verdicts, for measuring and for tests of our own."""
