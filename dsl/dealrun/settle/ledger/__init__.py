"""Ledgers: columns, sources, the one query, and the rows that are wrong."""
