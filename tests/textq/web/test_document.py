import pytest

from tests.textq.web.made_sample import draw_made, find_doc, list_coded, serve_texts
from textq.events import Draft
from textq.records import CODED_KINDS
from textq.store.corpus import list_document
from textq.store.events import append
from textq.store.rows import StoredClause
from textq.web.document import cut_blocks

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"


def test_document_shows_its_clauses_codes_and_facts(served):
    alpha = find_doc(served.store, "alpha.txt")
    page = served.sign_in().get(f"/doc/{alpha}").text
    clauses = list_document(served.store, alpha)
    assert all(f'id="c-{clause.key}"' in page for clause in clauses)
    assert page.count('<div class="clause-line') == sum(clause.kind in CODED_KINDS for clause in clauses)
    assert "杭政发〔2016〕12号" in page
    assert "杭州市人民政府" in page
    assert 'class="chip' in page


def test_unknown_document_is_not_found(served):
    browser = served.sign_in()
    assert browser.get("/doc/gamma").status == 404
    assert browser.get("/doc/../../../etc/passwd").status == 404
    assert browser.get("/doc/%2e%2e%2frun").status == 404


def test_hidden_clauses_show_no_codes(served):
    alpha = find_doc(served.store, "alpha.txt")
    keys = list_coded(served.store, alpha)
    browser = served.sign_in()
    draw_made(served.store, "audit-1", keys, coders=["anna"], each=1)
    append(served.store, [Draft("code", "bao", "fix", keys[0], instrument="demand", subtype="overseas", memo="secret")])
    page = browser.get(f"/doc/{alpha}").text
    assert 'class="chip' not in page
    assert "data-code" not in page
    assert "bao" not in page
    assert page.count("audit not done") == len(keys)
    assert f"/q/fix/{keys[0]}" not in page


def test_hostile_texts_stay_text(study_folder):
    with serve_texts(study_folder, {"one": [f"一、{HOSTILE}", f"支持{HOSTILE}。"]}, title=HOSTILE) as served:
        browser = served.sign_in()
        (key,) = list_coded(served.store)
        append(served.store, [Draft("code", "anna", "fix", key, instrument="none", memo=HOSTILE)])
        for path in (
            "/doc/one",
            "/browse",
            "/browse?q=%3Cscript%3E",
            "/log",
            f"/log?key={key}",
            "/",
            "/browse?doc=one",
        ):
            answer = browser.get(path)
            assert answer.status == 200
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text
        assert "&lt;script&gt;alert(1)" in browser.get("/doc/one").text
        assert f'href="{HOSTILE[:8]}' not in browser.get("/doc/one").text


def test_text_between_clauses_is_shown():
    def make(ordinal: int, start: int, text: str) -> StoredClause:
        return StoredClause(
            f"k{ordinal}", f"d#{ordinal}", "d", ordinal, "", "", "", "", "", "provision", ordinal, start,
            start + len(text), text, True,
        )  # fmt: skip

    text = "前言。第一条。\n附：第二条。尾"
    blocks = cut_blocks([make(1, 3, "第一条。"), make(2, 10, "第二条。")], text, {})
    assert [(block.key, block.text) for block in blocks] == [
        ("", "前言。"), ("k1", "第一条。"), ("", "附："), ("k2", "第二条。"), ("", "尾"),
    ]  # fmt: skip
    assert [block.page for block in blocks] == [None, 1, None, 2, None]
    assert [block.key for block in cut_blocks([make(1, 3, "第一条。")], "", {})] == ["k1"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_near_documents_lead_to_one_another(serve, study_folder, lang):
    (run_dir,) = (study_folder / "runs").iterdir()
    path = run_dir / "documents.csv"
    head, *lines = path.read_text("utf-8-sig").splitlines()
    at = head.split(",").index("near_duplicates")
    rows = [line.split(",") for line in lines]
    alpha, beta = rows[0][0], rows[1][0]
    rows[1][at] = f"{alpha}:0.91"
    path.write_text("\n".join([head, *(",".join(row) for row in rows)]) + "\n", "utf-8-sig")
    browser = serve("anna", lang=lang).sign_in()
    assert f'/doc/{beta}">' in browser.get(f"/doc/{alpha}").text
    assert f'/doc/{alpha}">' in browser.get(f"/doc/{beta}").text
    assert "91 %" in browser.get(f"/doc/{beta}").text
