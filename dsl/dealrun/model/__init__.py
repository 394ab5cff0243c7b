"""What is meant: the vocabulary, the values, and the resolved model."""
