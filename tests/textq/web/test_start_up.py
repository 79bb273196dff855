import subprocess
import sys

HEAVY = (
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
    "spacy",
    "openpyxl",
    "statsmodels",
    "linearmodels",
    "textq.ingest.html",
)


def test_the_server_starts_without_heavy_libraries() -> None:
    program = f"import sys, textq.web.serve; print([name for name in {HEAVY} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
