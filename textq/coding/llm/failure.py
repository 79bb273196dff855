"""Why a language model gave no coding."""

from textq.errors import TextqError


class LlmError(TextqError):
    """Coding with a language model cannot begin or go on; what was answered before is in the cache."""


class ExchangeError(LlmError):
    """One request got no answer that can be read.

    Attributes
    ----------
    retry
        Whether the same request may succeed a little later.
    wait
        Seconds that the server asks to be left alone, None if it does not say.
    stop
        Whether every other request would fail in the same way, so that the run must end.
    of_question
        Whether the question itself is the cause, so that others may well be answered.
    status
        The HTTP status, None if there was none.
    """

    def __init__(
        self,
        message: str,
        *,
        retry: bool = False,
        wait: float | None = None,
        stop: bool = False,
        of_question: bool = False,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.retry = retry
        self.wait = wait
        self.stop = stop
        self.of_question = of_question
        self.status = status


class AnswerError(LlmError):
    """What the model wrote is no coding of the clause; the message says to the model, too, what is wrong."""
