"""Paper questions with numbers of their own for each seed; the package computes the answers."""
