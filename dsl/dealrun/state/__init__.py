"""What holds when: the evaluation of a model into one timeline, and the views of it."""
