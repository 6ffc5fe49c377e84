"""Judge an answer: its status, and the facts that are worth telling."""
