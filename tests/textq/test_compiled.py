import subprocess
import sys


def test_few_texts_do_not_load_numba() -> None:
    code = (
        "import sys; from textq.lexicon.read import builtin_lexicon; "
        "print(len(builtin_lexicon().matcher.match(['给予补贴。'] * 3)), 'numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["3", "False"]
