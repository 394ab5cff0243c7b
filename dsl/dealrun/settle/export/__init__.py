"""A statement in the formats that other programs read: tables (CSV, Arrow, Parquet), a workbook, a picture.

In: a `Settlement`. Out: text or bytes; writing them to a file, whole or not at all, is the caller's. Guaranteed: the
same statement gives the same bytes; text of a statement (names, reasons) stays text in every format; a number is there
exactly, or it is not there as a number.

The libraries behind the formats are optional. Each is imported when it is first needed.
"""
