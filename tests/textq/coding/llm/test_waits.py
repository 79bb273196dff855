import threading
from datetime import UTC

from textq.coding.llm.waits import Clock, Gate

from .conftest import FakeClock


def test_a_gate_holds_all_threads() -> None:
    fake = FakeClock()
    gate = Gate(fake.clock())
    gate.pass_through()
    assert fake.slept == []
    gate.hold(9)
    gate.hold(3)
    thread = threading.Thread(target=gate.pass_through)
    thread.start()
    thread.join()
    assert fake.slept == [9]


def test_the_clock_of_the_system_goes() -> None:
    clock = Clock(sleep=lambda seconds: None)
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()
