"""Codes clauses with a language model behind any chat endpoint of the OpenAI kind, on this machine or elsewhere."""

from textq.coding.llm.coder import LlmCoder
from textq.coding.llm.failure import LlmError
from textq.coding.llm.outcome import LlmEstimate, LlmOutcome, Settled
from textq.coding.llm.plan import Plan
from textq.coding.llm.spec import LlmSpec

__all__ = ["LlmCoder", "LlmError", "LlmEstimate", "LlmOutcome", "LlmSpec", "Plan", "Settled"]
