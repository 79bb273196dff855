"""A limit on the time of a whole request."""

import socket
import threading
from contextlib import suppress


class Watch:
    """Shuts a connection when its ``seconds`` are over, even if the server drips a byte now and then."""

    def __init__(self, connected: socket.socket | None, seconds: float) -> None:
        self.seconds = seconds
        self.expired = False
        self._connected = connected
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Let the connection be; returns when it can no longer be shut."""
        self._timer.cancel()
        self._timer.join()

    def _expire(self) -> None:
        self.expired = True
        shut(self._connected)


def shut(connected: socket.socket | None) -> None:
    """End both directions of a connection, so that who waits for it in another thread is woken."""
    if connected is not None:
        with suppress(OSError):  # the other side was faster
            socket.socket.shutdown(connected, socket.SHUT_RDWR)  # not SSLSocket's, which drops the encryption
