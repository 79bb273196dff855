import threading

from textq.coding.llm.waits import Gate

from ...http.local_server import FakeClock


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
