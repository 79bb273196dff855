from tests.textq.web.served import Served
from textq.web.static_files import locate_static


def test_files_are_kept_for_good_where_their_address_holds_their_hash(served: Served) -> None:
    browser = served.visit()
    answer = browser.get(locate_static("review.css"))
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert browser.get("/static/review.css").headers["cache-control"] == "no-cache"
    assert browser.get("/static/review.css?v=0").headers["cache-control"] == "no-cache"


def test_nothing_else_is_served(served: Served) -> None:
    browser = served.visit()
    for name in ("nothing.css", "../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", ""):
        assert browser.get(f"/static/{name}").status == 404
