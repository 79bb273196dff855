"""What is told about coding with a language model, before and after."""

from typing import TYPE_CHECKING

from textq.cli.languages import Lang

if TYPE_CHECKING:
    from textq.coding.llm import LlmEstimate, LlmOutcome, LlmSpec

_MOST_SHOWN = 20
"""Clauses without a code that are named; the record names all."""

ASKING: dict[Lang, str] = {"zh": "询问", "en": "asking"}
"""What a bar says that shows how many clauses are settled."""

_SAID = {
    "zh": {
        "clauses": "{n_clauses:,} 个条款（{n_distinct:,} 个不同，{n_cached:,} 个已有回答），"
        "将向 {netloc} 发送 {n_requests:,} 个请求，模型 {model}",
        "tokens": "估计输入约 {input_tokens:,} 个 token，输出约 {output_tokens:,} 个，上限 {most_output_tokens:,} 个"
        "（按字符数估算，不含更正回答的请求）",
        "cost": "估计费用约 {cost:.4g}",
        "no_price": "费用未知：用 --llm-price 给出单价",
        "refused": "{n_refused:,} 个条款不会发送",
        "used": "收到 {requests:,} 个回答，输入 {input_tokens:,} 个 token，输出 {output_tokens:,} 个",
        "used_estimated": "（其中 {n_estimated:,} 个回答的 token 数为估算）",
        "used_cost": "，费用 {cost:.4g}",
        "failed": "没有编码 {clause_id}：{failure}",
        "more": "……另有 {n:,} 个条款没有编码",
        "left": "{n:,} 个条款没有编码，不在结果中。再次运行同一命令只会重新询问这些条款；也可由人工编码。",
    },
    "en": {
        "clauses": "{n_clauses:,} clauses ({n_distinct:,} distinct, {n_cached:,} answered before): {n_requests:,} "
        "requests to {netloc}, model {model}",
        "tokens": "about {input_tokens:,} tokens sent and {output_tokens:,} answered, at most {most_output_tokens:,} "
        "(an estimate from characters, without requests that repair an answer)",
        "cost": "estimated cost {cost:.4g}",
        "no_price": "cost unknown: give --llm-price",
        "refused": "{n_refused:,} clauses will not be sent",
        "used": "{requests:,} answers, {input_tokens:,} tokens sent, {output_tokens:,} answered",
        "used_estimated": " (those of {n_estimated:,} answers estimated)",
        "used_cost": ", cost {cost:.4g}",
        "failed": "no code for {clause_id}: {failure}",
        "more": "… and {n:,} more without a code",
        "left": "{n:,} clauses have no code and are not in the result. The same command asks for these alone; or "
        "a person codes them.",
    },
}


def describe_estimate(estimate: "LlmEstimate", spec: "LlmSpec", language: Lang) -> list[str]:
    """Return the lines that tell, before anything is sent, what will be."""
    said = _SAID[language]
    facts = {name: getattr(estimate, name) for name in estimate.__slots__}
    lines = [said["clauses"].format(**facts, netloc=spec.endpoint.netloc, model=spec.model)]
    if estimate.n_requests:
        lines.append(said["tokens"].format(**facts))
        lines.append(said["no_price" if estimate.cost is None else "cost"].format(**facts))
    if estimate.n_refused:
        lines.append(said["refused"].format(**facts))
    return lines


def describe_outcome(outcome: "LlmOutcome", language: Lang) -> list[str]:
    """Return the lines that tell what was used, and which clauses have no code."""
    said, usage, failed = _SAID[language], outcome.usage, outcome.failed
    facts = {name: getattr(usage, name) for name in usage.__slots__}
    names = (
        "used",
        *(["used_estimated"] if usage.n_estimated else []),
        *(["used_cost"] if usage.cost is not None else []),
    )
    lines = ["".join(said[name] for name in names).format(**facts)]
    lines += [said["failed"].format(clause_id=one.clause_id, failure=one.failure) for one in failed[:_MOST_SHOWN]]
    if len(failed) > _MOST_SHOWN:
        lines.append(said["more"].format(n=len(failed) - _MOST_SHOWN))
    return [*lines, said["left"].format(n=len(failed))] if failed else lines
