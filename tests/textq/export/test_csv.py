"""Tables as CSV."""

from pathlib import Path

import pandas as pd

from textq.export.csv import write_csv


def test_excel_finds_a_mark_and_whole_numbers_stay_whole(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": ["杭州,市", None], "count": [2.0, None], "share": [1 / 3, 0.5]})
    write_csv(table, tmp_path / "t.csv")

    assert (tmp_path / "t.csv").read_bytes() == (
        b"\xef\xbb\xbfname,count,share\n" + '"杭州,市",2,0.3333333333333333\n,,0.5\n'.encode()
    )


def test_infinite_numbers_are_written_and_are_not_whole(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"bound": [float("inf"), 2.0], "low": [float("-inf")] * 2}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig") == "bound,low\ninf,-inf\n2.0,-inf\n"
