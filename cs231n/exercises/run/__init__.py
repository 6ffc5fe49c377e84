"""Run an answer: on every case, on copies, within a time limit, and with helpers and caches that are right."""
