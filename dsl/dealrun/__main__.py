"""`python -m dealrun`."""

from dealrun.cli.main import entry

entry()
