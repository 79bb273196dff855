"""``python -m textq.worker``: the child process of :mod:`textq.engine`; it computes what comes in by its pipe."""

import os
import signal
import sys

from textq.engine import read_message, write_message


def serve() -> None:
    """Read the function and the memory limit, then item by item, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    function, memory_limit = read_message(sys.stdin.buffer)
    _limit_memory(memory_limit)
    write_message(replies, "ready")
    while True:
        try:
            item = read_message(sys.stdin.buffer)
        except EOFError:
            return
        try:
            reply = True, function(item)
        except Exception as error:
            reply = False, error
        write_message(replies, reply)


def _leave(*_: object) -> None:
    """End by an exception, so that programs which were started and temporary files are taken care of."""
    sys.exit(128 + signal.SIGTERM)


def _limit_memory(n_bytes: int) -> None:
    """Limit the address space, where the system can (not on Windows); what asks for more gets a MemoryError."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = n_bytes if hard == resource.RLIM_INFINITY else min(n_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


if __name__ == "__main__":
    serve()
