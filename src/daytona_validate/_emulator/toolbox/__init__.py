"""Daytona's toolbox: commands and files in a sandbox."""
