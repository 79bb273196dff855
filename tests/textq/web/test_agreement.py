"""The pages of agreement: figures, cells that lead to clauses, files; closed while the visitor's audit is open."""

from collections.abc import Callable

import pytest

from tests.textq.web.made_audit import SAMPLE, code_both, draw_all
from tests.textq.web.served import Served
from textq.store.rows import StoredClause


@pytest.fixture
def audited(serve: Callable[..., Served]) -> tuple[Served, list[StoredClause]]:
    served = serve("chen", lang="en")
    clauses = draw_all(served.store)
    code_both(served.store, clauses)
    return served, clauses


def test_figures_and_sentences(audited: tuple[Served, list[StoredClause]]) -> None:
    served, _ = audited
    answer = served.sign_in().get("/agreement")
    assert answer.status == 200
    for said in [
        "7 clauses, each coded blind at least twice, by anna, bao",
        "1 codings marked unsure",
        "1 clauses that one person alone coded",
        "Krippendorff&#39;s α",
        "Two coders coded the same 7 clauses",
        "两名编码员对来自",
        "0.857",
    ]:
        assert said in answer.text
    assert not served.errors


def test_cells_lead_to_their_clauses(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    browser = served.sign_in()
    href = "/agreement/cell?first=anna&amp;second=bao&amp;row=supply&amp;column=demand"
    assert f'href="{href}"' in browser.get("/agreement").text
    page = browser.get(href.replace("&amp;", "&")).text
    assert clauses[0].text in page
    assert clauses[3].text not in page
    assert f'href="/adjudicate/{clauses[0].key}"' in page
    narrowed = browser.get(href.replace("&amp;", "&") + f"&sample={SAMPLE}").text
    assert clauses[0].text in narrowed
    assert "There is no such clause." in browser.get("/agreement/cell?first=a&second=b&row=x&column=y").text


def test_machine_cells_lead_to_their_clauses(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    with served.store.write() as connection:
        connection.execute("UPDATE suggestion SET instrument = 'environment', subtype = 'planning'")
    browser = served.sign_in()
    assert "/agreement/cell?machine=1&amp;row=supply&amp;column=environment" in browser.get("/agreement").text
    page = browser.get("/agreement/cell?machine=1&row=supply&column=environment").text
    assert clauses[3].text in page
    assert clauses[0].text not in page


def test_one_sample_alone(audited: tuple[Served, list[StoredClause]]) -> None:
    served, _ = audited
    browser = served.sign_in()
    assert 'aria-selected="true"' in browser.get(f"/agreement?sample={SAMPLE}").text
    assert browser.get("/agreement?sample=nothing").status == 404


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("/agreement/figures.csv", b"\xef\xbb\xbflevel,"),
        ("/agreement/disagreements.csv", b"\xef\xbb\xbfkey,id,doc,text,anna,bao"),
        ("/agreement/table.docx", b"PK"),
        ("/agreement/table.xlsx", b"PK"),
        ("/agreement/table.tex", b""),
        ("/agreement/table.md", b"**Inter"),
        ("/agreement/table.html", b""),
    ],
)
def test_files_are_sent_to_be_saved(audited: tuple[Served, list[StoredClause]], path: str, start: bytes) -> None:
    served, _ = audited
    answer = served.sign_in().get(path)
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.body.startswith(start)
    assert "text/html" not in answer.headers["content-type"]


def test_other_formats_are_unknown(audited: tuple[Served, list[StoredClause]]) -> None:
    assert audited[0].sign_in().get("/agreement/table.exe").status == 404


@pytest.mark.parametrize("path", ["/agreement", "/agreement/cell?first=a&second=b", "/agreement/figures.csv",
                                  "/agreement/disagreements.csv", "/agreement/table.md"])  # fmt: skip
def test_closed_while_own_audit_is_open(serve: Callable[..., Served], path: str) -> None:
    served = serve("anna", lang="en")
    clauses = draw_all(served.store)
    answer = served.sign_in().get(path)
    assert answer.status == 403
    assert f"You have {len(clauses)} clauses of an audit left" in answer.text


def test_what_is_missing_is_said(served: Served) -> None:
    assert "No audit sample was drawn yet" in served.sign_in().get("/agreement").text
    assert served.sign_in().get("/agreement/table.md").status == 404


def test_accuracy_is_provisional_while_clauses_are_open(audited: tuple[Served, list[StoredClause]]) -> None:
    page = audited[0].sign_in().get("/agreement").text
    notice = page[page.index("No sentence on the machine") :].partition("</p>")[0]
    assert "2 are to be adjudicated" in notice
    assert "provisional" in notice
    box = page[page.index('id="paper-en"') :].partition("</textarea>")[0]
    assert "machine" not in box  # nothing to copy into a paper yet
