import socket
import time

from textq.http.watch import Watch, shut


def test_a_connection_is_shut_when_its_time_is_over() -> None:
    mine, other = socket.socketpair()
    with mine, other:
        mine.settimeout(5)
        watch = Watch(mine, 0.05)
        begun = time.monotonic()
        assert mine.recv(1) == b""
        assert time.monotonic() - begun < 2
        watch.stop()
        assert watch.expired


def test_a_watch_that_was_stopped_lets_the_connection_be() -> None:
    mine, other = socket.socketpair()
    with mine, other:
        watch = Watch(mine, 0.05)
        watch.stop()
        time.sleep(0.1)
        other.sendall(b"x")
        assert mine.recv(1) == b"x"
        assert not watch.expired


def test_what_is_gone_already_can_be_shut() -> None:
    mine, other = socket.socketpair()
    other.close()
    mine.close()
    shut(mine)
    shut(None)
