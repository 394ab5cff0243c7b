"""The shapes of answers as JSON: one set of types, from which JSON, JSON Schemas and tables are made.

In: answers. Out: plain data, schemas (`dealrun schema NAME`), columns. Guaranteed: a shape is written once; every
output is validated against its schema by a test; a change that an old reader would not survive gets a new version.
"""
