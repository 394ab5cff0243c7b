"""What can be done with whole contracts: restate them, compare them, tell what each instrument changed.

In: timelines. Out: texts, differences, consequences. Guaranteed: nothing here evaluates by rules of its own; every
answer is read off timelines.
"""
