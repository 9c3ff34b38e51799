"""What is particular to each language, and the table of them all."""
