# `just` lists the recipes; they use the virtual environment .venv where it is there, else the python on the path.

python := if path_exists(justfile_directory() / ".venv/bin/python") == "true" { justfile_directory() / ".venv/bin/python" } else { "python" }
shared := env("TEXTQ_SHARED", justfile_directory() / "../shared")

_list:
    @{{ just_executable() }} --justfile {{ justfile() }} --list --unsorted

# make .venv with all that is needed to work on textq
install:
    python3 -m venv .venv
    .venv/bin/pip install -e ".[dev,oracle]"

# run the tests but for the slow ones: just test tests/textq/segment -x
test *options:
    {{ python }} -m pytest {{ options }}

# run ruff and the import contracts
lint:
    {{ python }} -m ruff check
    {{ python }} -m ruff format --check
    {{ python }} -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

# check the types
types:
    {{ python }} -m mypy

# run all tests, the slow ones too, and the benchmarks
full: && bench
    {{ python }} -m pytest -m "full or not full"

# write the documents that are made from code
docs:
    {{ python }} docs/render_cli_reference.py

# time the steps of scoring, coding and estimating, measure the coders on gold clauses
bench gold=(shared / "gold/dev.jsonl"):
    {{ python }} tests/benchmarks/speed/bench_score.py
    OPENBLAS_NUM_THREADS=1 {{ python }} tests/benchmarks/speed/bench_estimate.py
    OPENBLAS_NUM_THREADS=1 {{ python }} tests/benchmarks/speed/bench_placebo.py
    {{ just_executable() }} --justfile {{ justfile() }} pairs-speed
    OPENBLAS_NUM_THREADS=1 {{ python }} tests/benchmarks/speed/bench_coding.py
    OPENBLAS_NUM_THREADS=1 {{ python }} tests/benchmarks/speed/bench_coded.py
    {{ python }} tests/benchmarks/speed/bench_review.py
    for coder in full written rules; do {{ python }} -m textq evaluate "{{ gold }}" --coder $coder; done

# time equations on pairs against other packages: just pairs-speed --csv FILE --figure FILE
pairs-speed *options:
    OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 RAYON_NUM_THREADS=1 {{ python }} tests/benchmarks/speed/bench_pairs.py {{ options }}

# measure bias and coverage of class shares from simulated audits: just audits 1000 --csv FILE
audits *options:
    OPENBLAS_NUM_THREADS=1 {{ python }} tests/benchmarks/audit/simulate_audits.py {{ options }}

# measure bias and coverage of regressions on coded intensities, naive and corrected
coverage replications="200":
    OPENBLAS_NUM_THREADS=1 {{ python }} tests/benchmarks/coded/simulate_coverage.py {{ replications }} --csv tests/benchmarks/coded/coverage.csv --markdown tests/benchmarks/coded/coverage.md

# measure how often tests of did reject a true null, by covariance (half an hour on one core)
size draws="500":
    OPENBLAS_NUM_THREADS=1 {{ python }} tests/benchmarks/size/simulate_size.py {{ draws }} --csv tests/benchmarks/size/size.csv --figure docs/images/size.png

# make the sample documents anew from tests/corpus/sources
corpus:
    {{ python }} tests/corpus/render.py

# train the coders that come with textq, with the texts in the folder shared where it is there
models:
    {{ python }} tests/corpus/train_models.py {{ if path_exists(shared) == "true" { shared } else { "" } }}

# make the sample's outcomes anew from its scores
outcomes:
    {{ python }} tests/corpus/simulate_outcomes.py

# do all that must hold before a change is merged, in a new environment
ci:
    .ci/run
