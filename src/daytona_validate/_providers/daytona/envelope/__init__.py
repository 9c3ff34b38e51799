"""A whole run as one shell script, and the reading of what it printed."""
