"""Answers as text, for a terminal and for files: view models in, lines out."""
