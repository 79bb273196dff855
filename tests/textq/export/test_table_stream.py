"""Tables that grow piece by piece are the same as tables written at once."""

from pathlib import Path

import pandas as pd
import pytest

from textq.export.parquet import read_parquet
from textq.export.table_stream import TableStream, iterate_frames
from textq.tables import Contract, check

CONTRACT = Contract("things", {"id": "string", "n": "Int64", "share": "Float64"}, key=("id",))
WHOLE = check(pd.DataFrame({"id": ["甲", "乙", "丙"], "n": [1, None, 3], "share": [0.5, 1.0, None]}), CONTRACT)


@pytest.mark.parametrize("sizes", [(3,), (1, 2), (1, 1, 1), (2, 0, 1)])
def test_pieces_are_the_whole(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    at = 0
    with TableStream(tmp_path / "things", CONTRACT, csv=True) as stream:
        for size in sizes:
            stream.append(WHOLE.iloc[at : at + size])
            at += size

    pd.testing.assert_frame_equal(read_parquet(tmp_path / "things.parquet"), WHOLE)
    pd.testing.assert_frame_equal(pd.concat(iterate_frames(tmp_path / "things.parquet")), WHOLE)
    assert (tmp_path / "things.csv").read_text(encoding="utf-8-sig") == "id,n,share\n甲,1,0.5\n乙,,1.0\n丙,3,\n"


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    with TableStream(tmp_path / "things", CONTRACT, csv=True):
        pass

    empty = read_parquet(tmp_path / "things.parquet")
    assert (len(empty), empty.dtypes.astype(str).to_dict()) == (0, CONTRACT.columns)
    assert (tmp_path / "things.csv").read_text(encoding="utf-8-sig") == "id,n,share\n"
