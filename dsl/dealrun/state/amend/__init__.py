"""What instruments do to what was agreed: operations by entry, terms laid over one another, one life of an entry.

In: the instruments of a model in order. Out: for every entry its terms over time, as the evaluator asks for them.
"""
