from textq.http.clock import Clock
from textq.ingest.fetch.pace import Pace


def test_hosts_have_a_pace_of_their_own() -> None:
    time, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        time[0] += seconds

    pace = Pace(2, Clock(lambda: time[0], sleep))
    pace.wait("a")
    time[0] = 10
    pace.note_end("a")
    time[0] = 10.5
    pace.wait("b")
    assert slept == []
    pace.wait("a")
    assert slept == [1.5]
    pace.slow_down("a", 7)
    pace.slow_down("a", 3)
    pace.note_end("a")
    pace.hold("a", 1)
    pace.wait("a")
    assert slept == [1.5, 7]
