"""Models that answer wrongly, and servers that do not answer: what is repaired, repeated, refused and said."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textq.coding.llm import LlmError
from textq.coding.llm.connection import MOST_BYTES
from textq.http.waits import MOST_WAIT

from ...http.local_server import drip, serve
from .conftest import (
    Said,
    Server,
    answer_right,
    list_files,
    make_answers,
    make_item,
    make_units,
    read_units,
    reset,
)

Make = Callable[..., Any]
Body = dict[str, Any]

UNITS = make_units("A grant of ten.", "A ban on smoke.", "A loan for all.")
RIGHT = [make_item({"id": "c1", "text": unit.text}) for unit in UNITS]


# What the model writes.


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Of course!", "no JSON object"),
        (make_answers(RIGHT[0])[:-9], "is no JSON"),
        (make_answers({**RIGHT[0], "quote": "a gift"}), 'the quote "a gift" does not stand in the text'),
        (make_answers({**RIGHT[0], "code": "tax"}), 'code "tax" is not in the codebook'),
        (make_answers({**RIGHT[0], "id": "c7"}), "no answer with the id c1"),
    ],
)
def test_a_wrong_answer_is_asked_again_with_what_is_wrong(
    server: Server, make_coder: Make, content: str, said: str
) -> None:
    server.script = [Said(content), Said(make_answers(RIGHT[0]))]
    outcome = make_coder().answer(UNITS[:1])
    assert outcome.codings[0].instrument == "money"
    first, second = server.asked
    assert second.body["messages"][:2] == first.body["messages"]
    assert second.body["messages"][2] == {"role": "assistant", "content": content}
    assert said in second.body["messages"][3]["content"]
    assert outcome.usage.requests == 2


def test_a_code_fence_needs_no_repair(server: Server, make_coder: Make) -> None:
    server.script = [Said(f"```json\n{make_answers(RIGHT[0])}\n```")]
    assert make_coder().coder.code(UNITS[:1])[0].instrument == "money"
    assert len(server.asked) == 1


def test_a_clause_without_a_right_answer_fails_alone(server: Server, make_coder: Make, tmp_path: Path) -> None:
    def answer(body: Body) -> Said:
        (unit,) = read_units(body)
        return Said("never") if "ban" in unit["text"] else answer_right(body)

    server.always = answer
    outcome = make_coder().answer(UNITS)
    assert [coding.clause_id for coding in outcome.codings] == ["d#1", "d#3"]
    assert [(one.clause_id, one.coding) for one in outcome.failed] == [("d#2", None)]
    assert "the second answer of the model is wrong, too: the answer holds no JSON" in outcome.failed[0].failure
    assert len(server.asked) == 4
    assert len(list_files(tmp_path)) == 2
    server.always = answer_right
    assert len(make_coder().coder.code(UNITS)) == 3
    assert len(server.asked) == 5


def test_a_wrong_answer_is_never_stored(server: Server, make_coder: Make, tmp_path: Path) -> None:
    server.always = lambda body: Said("never")
    make_coder().answer(UNITS[:1])
    assert list_files(tmp_path) == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said(make_answers(RIGHT[0]), finish="length"), "cut off after 1,000 tokens"),
        (Said(None, finish="content_filter"), "gave no answer \\(content_filter\\)"),
        (Said(""), "gave no answer \\(stop\\)"),
        (Said(None, extra={"choices": [{"message": {"content": None, "refusal": "I won't"}}]}), "\\(I won't\\)"),
        (Said(extra={"choices": [{"message": None}]}), "gave no answer"),
        (Said(extra={"choices": []}), "holds no choices"),
        (Said(extra={"choices": "x"}), "holds no choices"),
        (Said(body=b"[]"), "no JSON object"),
        (Said(body=b"<html>"), "no JSON in UTF-8"),
        (Said(body=make_answers(RIGHT[0]).replace("because", "因为").encode("gbk")), "no JSON in UTF-8"),
        (Said(body=b"[" * 200_000), "no JSON in UTF-8"),
        (Said(body=b" " * (MOST_BYTES + 1)), "more than 4,000,000 bytes"),
    ],
)
def test_an_answer_without_content_fails_and_is_not_repeated(
    server: Server, make_coder: Make, said: Said, why: str
) -> None:
    server.script = [answer_right, said]
    outcome = make_coder().answer(UNITS)
    assert [one.clause_id for one in outcome.failed] == ["d#2"]
    assert re.search(why, outcome.failed[0].failure)
    assert len(server.asked) == 3


# Several clauses a request.


def answer_batch(change: Callable[[list[Body]], list[Body]]) -> Callable[[Body], Said]:
    """Answer single clauses rightly, and several with items that are changed."""

    def answer(body: Body) -> Said:
        items = [make_item(unit) for unit in read_units(body)]
        return Said(make_answers(*(items if len(items) == 1 else change(items))))

    return answer


@pytest.mark.parametrize(
    ("change", "alone"),
    [
        (lambda items: items, []),
        (lambda items: items[::-1], []),
        (lambda items: [items[0], items[2]], ["A ban on smoke."]),
        (lambda items: [*items, {**items[1], "code": "none"}], ["A ban on smoke."]),
        (lambda items: [{**items[0], "code": "tax"}, *items[1:]], ["A grant of ten."]),
        (lambda items: [{**items[0], "id": "c2"}, {**items[1], "id": "c1"}, items[2]], [unit.text for unit in UNITS]),
    ],
    ids=["right", "other order", "missing", "twice", "unknown code", "swapped"],
)
def test_what_is_wrong_in_a_batch_is_asked_alone(
    server: Server, make_coder: Make, change: Callable[[list[Body]], list[Body]], alone: list[str]
) -> None:
    server.always = answer_batch(change)
    codings = make_coder(batch=3).coder.code(UNITS)
    assert [(coding.instrument, coding.subtype) for coding in codings] == [
        ("money", "aid"),
        ("law", None),
        ("money", "loan"),
    ]
    assert [len(asked.units) for asked in server.asked] == [3] + [1] * len(alone)
    assert [asked.units[0]["text"] for asked in server.asked[1:]] == alone


def test_a_batch_without_an_answer_is_asked_one_by_one(server: Server, make_coder: Make) -> None:
    server.script = [answer_right, Said("", finish="length")]
    units = make_units(*(f"A grant of {number}." for number in range(4)))
    assert len(make_coder(batch=2).coder.code(units)) == 4
    assert [len(asked.units) for asked in server.asked] == [2, 2, 1, 1]


def test_batches_hold_only_what_is_not_known(server: Server, make_coder: Make) -> None:
    units = make_units(*(f"A grant of {number}." for number in range(7)))
    first = make_coder(batch=3).coder.code(units[1:4])
    assert make_coder(batch=3).coder.code(units)[1:4] == first
    assert [[unit["text"][-2] for unit in asked.units] for asked in server.asked] == [
        ["1", "2", "3"],
        ["0", "4", "5"],
        ["6"],
    ]


# What the server takes.


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_without_schemas_is_asked_in_simpler_forms(server: Server, make_coder: Make, status: int) -> None:
    def answer(body: Body) -> Said:
        kind = body.get("response_format", {}).get("type")
        return Said(status=status, body=b"unknown response_format") if kind == "json_schema" else answer_right(body)

    server.always = answer
    made = make_coder(threads=3)
    assert len(made.coder.code(UNITS)) == 3
    kinds = [asked.body["response_format"]["type"] for asked in server.asked]
    assert kinds == ["json_schema", "json_object", "json_object", "json_object"]
    assert len(made.notes) == 1
    assert "takes no JSON schema: any JSON object is asked for" in made.notes[0]


def test_a_server_without_any_form_is_asked_in_words(server: Server, make_coder: Make) -> None:
    server.always = lambda body: Said(status=400) if "response_format" in body else answer_right(body)
    made = make_coder()
    assert len(made.coder.code(UNITS)) == 3
    assert len(server.asked) == 5
    assert "only asked for in words" in made.notes[0]
    server.asked.clear()
    again = make_coder()
    assert len(again.coder.code(UNITS)) == 3
    assert server.asked == []


def test_once_a_form_was_taken_it_stays(server: Server, make_coder: Make) -> None:
    server.script = [answer_right, Said(status=400, body=b'{"error": {"message": "context too long"}}')]
    made = make_coder()
    outcome = made.answer(UNITS)
    assert [asked.body["response_format"]["type"] for asked in server.asked] == ["json_schema"] * 3
    assert "HTTP 400: context too long" in outcome.failed[0].failure
    assert made.notes == []


@pytest.mark.parametrize(
    ("status", "advice", "asked"),
    [
        (400, "the name of the model", 3),
        (401, "TEXTQ_LLM_KEY", 1),
        (402, "paid up", 1),
        (403, "may not use this model", 1),
        (404, "usually ends in /v1", 1),
        (418, "See what the server says", 1),
    ],
)
def test_a_refusal_ends_the_run_at_once(server: Server, make_coder: Make, status: int, advice: str, asked: int) -> None:
    server.always = lambda body: Said(status=status, body=b'{"error": {"message": "no\\nmodel m"}}')
    with pytest.raises(LlmError, match=f"answers HTTP {status}: no model m.*{advice}"):
        make_coder(threads=4).answer(UNITS)
    assert len(server.asked) == asked
    assert server.clock.slept == []


@pytest.mark.parametrize(
    ("location", "where"),
    [
        ("https://evil.example/v1/chat/completions?x=1", "https://evil.example,"),
        ("/v2/chat/completions", "another path"),
        ("http://[", "cannot be read"),
    ],
)
def test_a_redirect_is_not_followed(
    server: Server, make_coder: Make, monkeypatch: pytest.MonkeyPatch, location: str, where: str
) -> None:
    monkeypatch.setenv("TEXTQ_LLM_KEY", "sk-secret-1234")
    server.always = lambda body: Said(status=307, headers={"Location": location}, body=b"")
    with pytest.raises(LlmError) as refused:
        make_coder().answer(UNITS)
    assert where in str(refused.value)
    assert "not followed" in str(refused.value)
    assert len(server.asked) == 1


def test_a_redirect_to_another_server_takes_no_key_there(
    server: Server, make_coder: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTQ_LLM_KEY", "sk-secret-1234")
    with serve(Server()) as other:
        target = f"{other.base_url}/chat/completions"
        server.always = lambda body: Said(status=308, headers={"Location": target}, body=b"")
        with pytest.raises(LlmError, match="not followed"):
            make_coder().answer(UNITS)
        assert other.asked == []


# Time.


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_is_repeated(server: Server, make_coder: Make, status: int) -> None:
    server.script = [Said(status=status), Said(status=status)]
    assert len(make_coder().coder.code(UNITS[:1])) == 1
    first, second = server.clock.slept
    assert 1 <= first <= 3
    assert 2 <= second <= 6


@pytest.mark.parametrize("value", ["40", "Sun, 01 Mar 2026 12:00:40 GMT"])
def test_retry_after_is_respected(server: Server, make_coder: Make, value: str) -> None:
    server.script = [Said(status=429, headers={"Retry-After": value})]
    assert len(make_coder().coder.code(UNITS)) == 3
    assert server.clock.slept == [40]
    assert [asked.at for asked in server.asked] == [1000, 1040, 1040, 1040]


def test_a_server_that_asks_for_too_long_a_wait_is_left_alone(server: Server, make_coder: Make) -> None:
    server.always = lambda body: Said(status=429, headers={"Retry-After": f"{MOST_WAIT + 1:.0f}"})
    with pytest.raises(LlmError, match=r"left alone for 601 seconds. Run again after that"):
        make_coder().answer(UNITS)
    assert (len(server.asked), server.clock.slept) == (1, [])


def test_a_server_that_never_answers_ends_the_run_with_its_first_request(server: Server, make_coder: Make) -> None:
    server.always = lambda body: Said(status=503, body=b"asleep")
    with pytest.raises(LlmError, match=r"the first request got no answer to use.*HTTP 503: asleep"):
        make_coder().answer(UNITS)
    assert len(server.asked) == 3


def test_a_server_that_goes_down_ends_the_run_after_some_requests(server: Server, make_coder: Make) -> None:
    server.script = [answer_right]
    server.always = lambda body: Said(status=500)
    with pytest.raises(LlmError, match="5 requests in a row got no answer to use"):
        make_coder(retries=0).answer(make_units(*(f"A grant of {number}." for number in range(20))))
    assert len(server.asked) == 6


def test_clauses_that_a_filter_refuses_do_not_end_the_run(server: Server, make_coder: Make) -> None:
    server.script = [answer_right, *[Said(status=400, body=b"filtered")] * 8]
    outcome = make_coder().answer(make_units(*(f"A grant of {number}." for number in range(12))))
    assert (len(outcome.codings), len(outcome.failed)) == (4, 8)


def send_head(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
    handler.wfile.flush()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (lambda handler: time.sleep(1.2), "did not finish its answer within 0.4 seconds"),
        (drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100), "did not finish its answer within 0.4 seconds"),
        (drip(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 100, 0.02), "did not finish its answer within 0.4 seconds"),
        (reset, "the connection to 127.0.0.1"),
        (send_head, "the connection to 127.0.0.1"),
        (lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n"), "the connection to 127.0.0.1"),
        (lambda handler: None, "the connection to 127.0.0.1"),
    ],
    ids=["silence", "drip of headers", "drip of body", "reset", "cut off", "no http", "hung up"],
)
def test_broken_connections_are_tried_again_and_end_in_time(
    server: Server, make_coder: Make, raw: Callable[[Any], None], why: str
) -> None:
    server.script = [answer_right, Said(raw=raw), Said(raw=raw)]
    made = make_coder(timeout=0.4, retries=1)
    begun = time.monotonic()
    outcome = made.answer(UNITS)
    assert time.monotonic() - begun < 4
    assert [one.clause_id for one in outcome.failed] == ["d#2"]
    assert why in outcome.failed[0].failure
    assert len(server.clock.slept) == 1
    server.script = [Said(raw=raw)]
    assert len(make_coder(timeout=0.4, retries=1).coder.code(UNITS)) == 3


def test_a_port_where_nobody_listens(server: Server, make_coder: Make) -> None:
    made = make_coder(base_url="http://127.0.0.1:1/v1")
    with pytest.raises(LlmError, match=r"the first request got no answer.*127.0.0.1:1 cannot be reached. Check"):
        made.answer(UNITS)


def test_an_interrupt_does_not_wait_for_an_answer(server: Server, make_coder: Make) -> None:
    def stall(handler: Any) -> None:
        time.sleep(3)

    server.script = [answer_right, answer_right, *[Said(raw=stall)] * 4]
    made = make_coder(threads=2, timeout=60)

    def interrupt(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    made.coder._on_progress = interrupt
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        made.answer(make_units(*(f"A grant of {number}." for number in range(6))))
    assert time.monotonic() - begun < 2


def test_threads_that_wait_are_woken_when_a_run_ends(server: Server, make_coder: Make) -> None:
    from textq.coding.llm.coder import LlmCoder

    server.script = [answer_right, Said(status=401), *[Said(status=429, headers={"Retry-After": "300"})] * 4]
    spec = make_coder(threads=3).coder.spec
    begun = time.monotonic()
    with pytest.raises(LlmError, match="HTTP 401"):
        LlmCoder(spec, make_coder().coder.codebook, None).code(make_units(*(f"A ban of {n}." for n in range(6))))
    assert time.monotonic() - begun < 5


def test_an_error_is_shown_on_one_line_and_cut(server: Server, make_coder: Make) -> None:
    server.always = lambda body: Said(status=403, body=json.dumps({"error": "x\n" * 9999}).encode())
    with pytest.raises(LlmError) as refused:
        make_coder().answer(UNITS)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 500


# What the server says of itself.


def test_half_characters_can_be_written(server: Server, make_coder: Make, tmp_path: Path) -> None:
    from textq.coding.llm.record import save_record

    refusal = {"choices": [{"message": {"content": None, "refusal": "no \ud800"}}]}
    server.script = [
        Said(make_answers(RIGHT[0]), extra={"model": "m\ud800", "system_fingerprint": "\udfff"}), Said(extra=refusal),
    ]  # fmt: skip
    for outcome in (make_coder().answer(UNITS[:2]), make_coder().answer(UNITS[:1])):
        save_record(outcome, tmp_path / "record.jsonl")
        first = json.loads((tmp_path / "record.jsonl").read_text(encoding="utf-8").splitlines()[0])
        assert (first["served_model"], first["fingerprint"]) == ("m?", "?")


@pytest.mark.parametrize(
    "stated",
    [
        {"prompt_tokens": 10**400, "completion_tokens": 40},
        {"prompt_tokens": 1000, "completion_tokens": 10**9},
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": 1000, "completion_tokens": 0},
        {"prompt_tokens": -1, "completion_tokens": 40},
        {"prompt_tokens": True, "completion_tokens": 40},
        {"prompt_tokens": 1000.0, "completion_tokens": 40},
        {"prompt_tokens": 1000},
        [],
    ],
)
def test_counts_that_cannot_be_true_are_estimated(server: Server, make_coder: Make, stated: object) -> None:
    server.always = lambda body: Said(make_answers(RIGHT[0]), extra={"usage": stated})
    usage = make_coder(input_price=1.0, output_price=1.0).answer(UNITS[:1]).usage
    assert (usage.requests, usage.n_estimated) == (1, 1)
    assert 500 < usage.input_tokens < 3000
    assert 20 < usage.output_tokens < 100


def test_a_server_that_counts_nothing_cannot_pass_the_brake(server: Server, make_coder: Make) -> None:
    nothing = {"usage": {"prompt_tokens": 0, "completion_tokens": 0}}
    server.always = lambda body: Said(
        make_answers(*map(make_item, read_units(body)), {"id": "x" * 4000}), extra=nothing
    )
    units = make_units(*(f"A grant of {number}." for number in range(20)))
    planned = make_coder(input_price=0.0, output_price=1.0).estimate(units).cost
    with pytest.raises(LlmError, match="the next request could bring the cost above"):
        make_coder(input_price=0.0, output_price=1.0, max_cost=planned).answer(units)
    assert 1 <= len(server.asked) < 4


def test_an_answer_that_is_no_answer_is_counted_too(server: Server, make_coder: Make) -> None:
    server.script = [answer_right, Said(body=b"x" * 400)]
    usage = make_coder().answer(UNITS[:2]).usage
    assert (usage.requests, usage.n_estimated) == (2, 1)
    assert usage.output_tokens == 140


def test_a_request_is_not_sent_if_its_longest_answer_would_cost_too_much(server: Server, make_coder: Make) -> None:
    made = make_coder(input_price=0.0, output_price=1.0, max_cost=0.0009, answer_tokens=1000)
    assert made.estimate(UNITS[:1]).cost < 0.0009
    with pytest.raises(LlmError, match=r"could bring the cost above 0.0009: 0 is spent"):
        made.answer(UNITS[:1])
    assert server.asked == []


SECRET = "sk-Secret/1234"


def disguise(text: str) -> str:
    return "".join(f"\\u{ord(char):04X}" for char in text)


@pytest.mark.parametrize("hidden", [disguise(SECRET), SECRET.replace("/", "\\/"), SECRET.upper()])
def test_a_key_in_disguise_is_kept_nowhere(
    server: Server, make_coder: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hidden: str
) -> None:
    from textq.coding.llm.record import save_record

    monkeypatch.setenv("TEXTQ_LLM_KEY", SECRET)
    leak = make_answers({**RIGHT[0], "reason": "KEY", "KEY": ["KEY"]}).replace("KEY", hidden)
    server.script = [Said(leak), Said(leak.replace("money/aid", hidden)), Said(leak.replace("money/aid", hidden))]
    made = make_coder()
    outcome = made.answer(UNITS[:2])
    save_record(outcome, tmp_path / "record.jsonl")
    kept = "".join(path.read_text(encoding="utf-8") for path in list_files(tmp_path)) + repr(outcome)
    assert len(outcome.failed) == 1
    for shown in (SECRET, SECRET.upper(), "Secret", disguise("Secret")):
        assert shown not in kept


@pytest.mark.parametrize("body", [disguise(SECRET), json.dumps({"error": "x" * 9990 + SECRET}), disguise(SECRET) + "{"])
def test_a_key_in_an_error_is_not_shown(
    server: Server, make_coder: Make, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setenv("TEXTQ_LLM_KEY", SECRET)
    server.always = lambda _: Said(status=401, body=body.encode())
    with pytest.raises(LlmError) as refused:
        make_coder().answer(UNITS)
    assert "ecret" not in str(refused.value)
    assert disguise("ecret") not in str(refused.value)


@pytest.mark.parametrize("location", ["https://sk-secret-1234.example/", "https://%73k-secret-1234.example/"])
def test_a_key_in_an_address_is_not_shown(
    server: Server, make_coder: Make, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    monkeypatch.setenv("TEXTQ_LLM_KEY", "sk-Secret-1234")
    server.always = lambda _: Said(status=307, headers={"Location": location}, body=b"")
    with pytest.raises(LlmError, match=r"sends on to https://\[key\].example") as refused:
        make_coder().answer(UNITS)
    assert "ecret" not in str(refused.value)
