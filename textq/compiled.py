"""When texts are searched by compiled loops (the extra ``fast``) instead of NumPy.

Results are equal to the last bit, so which of the two ran need not be known.
"""

from econ.compiled import Work, can_compile, compile_loop

__all__ = ["SEARCHED", "can_compile", "compile_loop"]

SEARCHED = Work(enough=8_000_000)
"""Characters that this process has searched.

Every search counts: a text that is searched for terms and then for n-grams counts twice and more. A loop saves some
0.1 µs a character, which makes up for loading numba.
"""
