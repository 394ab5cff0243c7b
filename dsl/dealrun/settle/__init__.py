"""Settlement: from a timeline and a ledger to a statement (docs/language.md#settlement).

Aggregate, then reason: `ledger/` sums rows by stream, day and the few keys that clauses name, in the database; the rest
is exact rational arithmetic over those few thousand sums. DuckDB never leaves this folder.
"""
