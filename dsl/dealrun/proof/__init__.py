"""Claims about every course of events: which there are, and whether one holds in all of them (docs/proof.md)."""
