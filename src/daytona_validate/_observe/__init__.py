"""What an operator sees of a validator: events, counts, traces and metrics."""
