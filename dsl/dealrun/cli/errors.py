"""How a command ends early."""


class UsageError(Exception):
    """A mistake on the command line: exit code 2."""


class ReportedError(Exception):
    """Files that make no contract, which is already reported: exit code 1."""
