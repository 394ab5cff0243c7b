"""How a command ends early."""


class UsageError(Exception):
    """A mistake on the command line: exit code 2."""


class LoadError(Exception):
    """Files that make no contract, already reported: exit code 1."""
