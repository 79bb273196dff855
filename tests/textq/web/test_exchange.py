"""Import and export: nothing is written before a yes; files with the codes of others wait for the own audit."""

import io
from collections.abc import Callable

import pytest

from tests.textq.web.made_audit import code_both, draw_all
from tests.textq.web.served import Answer, Browser, Served
from textq.store.decisions import list_decisions
from textq.store.events import read_events
from textq.store.rows import StoredClause


def upload(browser: Browser, name: str, data: bytes, **fields: str) -> Answer:
    parts = [("secret", browser.secret), *fields.items()]
    lines = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in parts]
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Sec-Fetch-Site": "same-origin"}
    return browser.ask("POST", "/io/compare", headers, b"".join([*lines, head, data, b"\r\n--x--\r\n"]))


def find_ticket(answer: Answer) -> str:
    return answer.text.partition('name="ticket" value="')[2].partition('"')[0]


def code_sheet(data: bytes, row: int, instrument: str) -> bytes:
    """Fill in the code of one row, as a spreadsheet program would."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["编码"] if "编码" in book.sheetnames else book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    at = next(at for at, name in enumerate(head) if name in ("类目", "class", "Class", "Code"))
    sheet.cell(row + 2, at + 1).value = instrument
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.fixture
def audited(serve: Callable[..., Served]) -> tuple[Served, list[StoredClause]]:
    served = serve("chen", lang="en")
    clauses = draw_all(served.store)
    code_both(served.store, clauses)
    return served, clauses


def test_files_have_the_codebook_in_the_language_of_the_page(serve: Callable[..., Served]) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    served = serve("chen", lang="zh")
    code_both(served.store, draw_all(served.store))
    browser = served.sign_in()
    defined = served.study.codebook_in("zh").instruments[0].definition
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/io/sheet.xlsx?queue=all").body))
    assert defined in {cell for row in book["编码手册"].iter_rows(values_only=True) for cell in row}
    assert defined in browser.get("/io/codebook.qdc").body.decode()


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("/io/finals.csv", b"\xef\xbb\xbfid,"),
        ("/io/decisions.csv", b"\xef\xbb\xbf"),
        ("/io/decisions.csv?who=all", b"\xef\xbb\xbf"),
        ("/io/codebook.qdc", b"<?xml"),
        ("/io/sheet.xlsx?queue=all", b"PK"),
        ("/io/events.jsonl?who=all", b"{"),
    ],
)
def test_files_are_sent(audited: tuple[Served, list[StoredClause]], path: str, start: bytes) -> None:
    answer = audited[0].sign_in().get(path)
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.body.startswith(start)


def test_codes_of_others_wait_for_the_own_audit(serve: Callable[..., Served]) -> None:
    served = serve("dora", lang="en")
    clauses = draw_all(served.store, 4)
    code_both(served.store, clauses[:2])
    browser = served.sign_in()
    for path in ("/io/finals.csv", "/io/decisions.csv?who=all", "/io/decisions.csv?queue=adjudicate",
                 "/io/events.jsonl?who=all"):  # fmt: skip
        answer = browser.get(path)
        assert answer.status == 403
        assert "supply" not in answer.text
    assert b"anna" not in browser.get("/io/decisions.csv").body
    assert b"anna" not in browser.get("/io/events.jsonl").body
    page = browser.get("/io").text
    assert "/io/finals.csv" not in page


def test_a_log_does_not_tell_the_strata_of_an_audit_that_is_not_done(serve: Callable[..., Served]) -> None:
    served = serve("lead", lang="en")
    clauses = draw_all(served.store, 2)
    browser = served.sign_in()
    for clause in clauses:
        answer = browser.get("/io/events.jsonl")
        assert b'"sample"' not in answer.body.replace(b'"sample":', b"")
        assert b"strata" not in answer.body
        assert "without-samples" in answer.headers["content-disposition"]
        browser.post(f"/q/audit/{clause.key}", {"code": "none"})
    whole = browser.get("/io/events.jsonl")
    assert b"strata" in whole.body
    assert "without-samples" not in whole.headers["content-disposition"]


def test_a_workbook_comes_back_in_two_steps(serve: Callable[..., Served]) -> None:
    served = serve("anna", lang="en")
    clauses = draw_all(served.store, 4)
    browser = served.sign_in()
    sheet = browser.get("/io/sheet.xlsx?queue=audit")
    assert sheet.status == 200
    plan = upload(browser, "anna.xlsx", code_sheet(sheet.body, 0, "none"))
    assert plan.status == 200, plan.text
    assert "Nothing is written yet." in plan.text
    assert list_decisions(served.store) == []
    done = browser.post("/io/apply", {"ticket": find_ticket(plan)})
    assert (done.status, done.headers["location"]) == (303, "/io?done=1")
    assert "1 events were written" in browser.get("/io?done=1").text
    (decision,) = list_decisions(served.store)
    assert (decision.key, decision.instrument, decision.queue) == (clauses[0].key, "none", "audit")
    assert decision.source.startswith("xlsx:")
    assert browser.post("/io/apply", {"ticket": find_ticket(plan)}).status == 409  # once


def test_another_coder_cannot_confirm_the_file(serve: Callable[..., Served]) -> None:
    served = serve("anna", "bao", lang="en")
    draw_all(served.store, 4)
    anna = served.sign_in("anna")
    plan = upload(anna, "anna.xlsx", code_sheet(anna.get("/io/sheet.xlsx?queue=audit").body, 0, "none"))
    assert served.sign_in("bao").post("/io/apply", {"ticket": find_ticket(plan)}).status == 409
    assert list_decisions(served.store) == []


def test_who_signs_in_brings_his_own_codes_alone(serve: Callable[..., Served]) -> None:
    served = serve("anna", "bao", lang="en")
    draw_all(served.store, 4)
    sheet = code_sheet(served.sign_in("anna").get("/io/sheet.xlsx?queue=audit").body, 0, "none")
    answer = upload(served.sign_in("bao"), "anna.xlsx", sheet)
    assert answer.status == 400
    assert list_decisions(served.store) == []
    assert upload(served.sign_in("bao"), "log.jsonl", b"{}").status == 403


def test_codes_of_others_are_counted_not_shown(serve: Callable[..., Served]) -> None:
    served = serve("anna", lang="en")
    clauses = draw_all(served.store, 4)
    browser = served.sign_in()
    rows = f"document,quote,code,coder\nalpha,{clauses[1].text},demand,bao\n"
    plan = upload(browser, "old.csv", rows.encode(), quotes="1")
    assert plan.status == 200
    assert "counted here, not shown" in plan.text
    assert 'data-code="demand' not in plan.text


def test_logs_are_merged_after_a_yes(audited: tuple[Served, list[StoredClause]]) -> None:
    served, _ = audited
    browser = served.sign_in()
    log = browser.get("/io/events.jsonl?who=all").body
    n_events = len(read_events(served.store))
    plan = upload(browser, "log.jsonl", log)
    assert plan.status == 200
    assert f'<strong class="number">{n_events}</strong> <span class="muted">there already' in plan.text
    assert "There is nothing to write." in plan.text
    broken = upload(browser, "log.jsonl", b'{"uuid": "1"}\n' + log)
    assert broken.status == 400
    assert len(read_events(served.store)) == n_events


@pytest.mark.parametrize(("name", "data"), [("", b"x"), ("a.xlsx", b""), ("a.pdf", b"%PDF"), ("a.xlsx", b"no zip")])
def test_what_cannot_be_used_is_refused_with_a_reason(served: Served, name: str, data: bytes) -> None:
    answer = upload(served.sign_in(), name, data)
    assert answer.status == 400
    assert 'role="alert"' in answer.text
    assert not served.errors
