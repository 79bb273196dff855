"""How fast a review answers: start-up, and the time from a key to the next card, in Chromium.

A corpus of some 50,000 made clauses is scored by the rules, an audit of 300 clauses and more is drawn and coded by keys
alone: python tests/benchmarks/speed/bench_review.py [--clauses N] [--decisions N]
"""

import argparse
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import find_chromium  # noqa: E402
from tests.browser.serving import read_events, run_textq, serve  # noqa: E402

_PER_DOCUMENT = 100
_MEANS = (
    "设立专项资金支持{}发展，对符合条件的企业给予奖励",
    "加快{}平台建设，推进数据共享和业务协同",
    "优化{}监管流程，实行分类管理和便利通关",
    "鼓励企业开展{}，培育自主品牌开拓国际市场",
    "加强{}人才培养，支持高校开设相关专业",
    "开展{}示范，总结推广经验",
)
_THINGS = ("跨境电子商务", "物流仓储", "外贸综合服务", "海外仓", "保税备货", "支付结算", "出口退税", "信用体系")

_WATCH = """() => {
  window.times = [];
  let pressed = 0;
  document.addEventListener("keydown", event => { if (event.code === "Digit0") pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const key = document.querySelector("main.card")?.dataset.key;
    if (pressed && key && key !== window.key) { window.times.push(performance.now() - pressed); pressed = 0; }
    window.key = key || window.key;
  }).observe(document.body, {childList: true, subtree: true});
}"""


def write_corpus(folder: Path, n_clauses: int) -> None:
    """Write made documents of a hundred clauses each."""
    folder.mkdir()
    chance = random.Random(1)
    for number in range(-(-n_clauses // _PER_DOCUMENT)):
        items = [
            f"{place}. {chance.choice(_MEANS).format(chance.choice(_THINGS))}（第{number}批第{place}项）。"
            for place in range(1, _PER_DOCUMENT + 1)
        ]
        head = (
            f"杭州市人民政府关于跨境电子商务若干措施（{number}）的通知\n杭政发〔20{15 + number % 8}〕{number + 1}号\n\n"
        )
        (folder / f"paper{number:04}.txt").write_text(head + "\n".join(items) + "\n", encoding="utf-8")


def time_start(study: Path) -> float:
    """Return the seconds from the command to the address."""
    started = time.perf_counter()
    with serve(study):
        return time.perf_counter() - started


def code_by_keys(study: Path, n_decisions: int) -> list[float]:
    """Code clauses of the audit by keys in Chromium; return the milliseconds from each key to the next card."""
    with serve(study) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(served.link)
        page.goto(f"{served.site}/q/audit")
        page.evaluate(_WATCH)
        for _ in range(n_decisions):
            key = page.locator("main").get_attribute("data-key")
            page.keyboard.press("Digit0")
            page.wait_for_selector(f'main:not([data-key="{key}"]):not([aria-busy])')
            page.wait_for_timeout(40)
        times = page.evaluate("window.times")
        browser.close()
    return [float(one) for one in times]


def main() -> None:
    """Print the figures, as lines of Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clauses", type=int, default=50_000)
    parser.add_argument("--decisions", type=int, default=300)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus, study = Path(folder) / "corpus", Path(folder) / "study"
        write_corpus(corpus, asked.clauses)
        run_textq("score", corpus, "--out", study, "--coder", "rules", "--jobs", "2")
        first = time_start(study)
        starts = sorted(time_start(study) for _ in range(5))
        drawn = run_textq("review", "sample", study, "--size", str(asked.decisions), "--unit", "clause", "--lang", "en")
        n_loaded = re.search(r"of ([\d,]+) clauses", drawn)
        times = sorted(code_by_keys(study, asked.decisions))
        n_coded = len(read_events(study, "code"))
        python = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        python = time.perf_counter() - python
    print("| figure | value |\n|---|---|")
    print(f"| clauses that can be coded in the store | {n_loaded.group(1) if n_loaded else '?'} |")
    print(f"| start-up, the run loaded for the first time | {first:.2f} s |")
    print(f"| start-up after that, median of 5 | {statistics.median(starts):.2f} s |")
    print(f"| an empty Python, for comparison | {python:.2f} s |")
    print(f"| audit clauses coded by keys alone | {n_coded} |")
    print(f"| key to next card, median | {statistics.median(times):.0f} ms |")
    print(f"| key to next card, 95 % | {times[int(len(times) * 0.95)]:.0f} ms |")


if __name__ == "__main__":
    main()
