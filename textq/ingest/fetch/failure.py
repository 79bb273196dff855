"""Why an address was not fetched."""

from textq.errors import ReadError


class FetchError(ReadError):
    """One address cannot be fetched; the run goes on and lists it as failed.

    Attributes
    ----------
    retry
        Whether the same request may succeed a little later.
    wait
        Seconds that the server asks to be left alone, None if it does not say.
    """

    def __init__(self, message: str, *, retry: bool = False, wait: float | None = None) -> None:
        super().__init__(message)
        self.retry = retry
        self.wait = wait
