"""Jails: made, bounded, watched and ended; they know nothing of languages."""
