"""Daytona's control plane: sandboxes and snapshots."""
