from textq.http.clock import SYSTEM_CLOCK


def test_the_clock_of_the_system_goes() -> None:
    assert SYSTEM_CLOCK.now().utcoffset() is not None
    before = SYSTEM_CLOCK.monotonic()
    SYSTEM_CLOCK.sleep(0.001)
    assert before < SYSTEM_CLOCK.monotonic()
