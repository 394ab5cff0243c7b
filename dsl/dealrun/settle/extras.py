"""Optional parts: what to install when one is missing."""


class MissingExtraError(ImportError):
    """Something needs a package that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an optional part that is not installed: `pip install 'dealrun[{extra}]'`")
        self.extra = extra
