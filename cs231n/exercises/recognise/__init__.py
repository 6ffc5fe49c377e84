"""Recognise a mistake by what a function computes, never by its text."""
