"""The way from an installer's jail, which has no network, to the index of packages alone."""
