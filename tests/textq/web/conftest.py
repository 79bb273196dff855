"""A small study that was scored once, and servers on copies of it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import textq
from tests.conftest import map_here
from tests.textq.web.served import Served, run_server
from textq.pipeline.review_open import open_review

TEXTS = {
    "alpha": """关于印发跨境电子商务综合试验区实施方案的通知
杭政发〔2016〕12号
各区、县（市）人民政府：
一、加大资金支持
（一）设立跨境电子商务发展专项资金，每年安排1000万元支持企业发展。
（二）对新建公共海外仓的企业给予一次性补助，最高不超过100万元。
（三）支持高校设立跨境电子商务专业，培养专业人才。
二、优化发展环境
（一）简化通关流程，推行无纸化通关，实行先放行、后缴税。
（二）完善跨境电子商务统计监测体系，建立信用评价制度。
（三）落实出口退（免）税政策，对符合条件的企业予以税收优惠。
杭州市人民政府
2016年3月1日
""",
    "beta": """关于加快发展跨境电子商务的若干意见
宁政发〔2018〕5号
各县（市）区人民政府：
一、总体要求
坚持市场主导、政府引导，推动跨境电子商务健康发展。
二、主要任务
（一）组织企业参加境外展会，开拓国际市场。
（二）鼓励政府采购跨境电子商务服务。
（三）建设跨境电子商务线上综合服务平台，实现信息共享。
（四）设立跨境电子商务发展专项资金，每年安排1000万元支持企业发展。
宁波市人民政府
2018年6月20日
""",
}
"""Two documents by their ids; one clause stands in both."""


@pytest.fixture(scope="session")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small study, scored with the lexicon; not to be written to."""
    corpus, out = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("scored") / "out"
    for doc_id, text in TEXTS.items():
        (corpus / f"{doc_id}.txt").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textq.pipeline.scores.map_items", map_here)
        textq.score(corpus, out=out, coder="rules")
    return out


@pytest.fixture
def study_folder(scored: Path, tmp_path: Path) -> Path:
    """The folder of the small study; a copy of the test's own, without a review yet."""
    return Path(shutil.copytree(scored, tmp_path / "study"))


@pytest.fixture
def serve(study_folder: Path) -> Iterator[Callable[..., Served]]:
    """Start a server on the small study for the coders named: ``serve("anna", "bao", lang="zh")``."""
    with ExitStack() as stack:

        def start(*coders: str, lang: str | None = None, needs_pin: bool | None = None) -> Served:
            study = open_review(study_folder, coders=coders or ("anna",), lang=lang)  # type: ignore[arg-type]
            stack.callback(study.store.close)
            return stack.enter_context(run_server(study, needs_pin=needs_pin))

        yield start


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    """A server on the small study for the one coder anna, with pages in English."""
    return serve("anna", lang="en")
