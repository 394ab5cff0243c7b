"""The commands, a module each, so that a run imports only what it needs."""
