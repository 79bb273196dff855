from typing import Any

import pytest

from textq.coding.llm import LlmSpec
from textq.errors import ConfigError

URL = "http://localhost:1/v1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", " "),
        ("model", "a\nb"),
        ("temperature", -0.1),
        ("temperature", float("nan")),
        ("without", ("top_p",)),
        ("batch", 0),
        ("batch", 51),
        ("answer_tokens", 10),
        ("timeout", 0),
        ("timeout", float("inf")),
        ("retries", -1),
        ("threads", 0),
        ("input_price", -1),
        ("output_price", float("nan")),
        ("max_cost", -1),
        ("most_characters", 0),
    ],
)
def test_what_is_out_of_range_is_named(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"{name!r} parameter of LlmSpec"):
        LlmSpec(**{"base_url": URL, "model": "m", name: value})


def test_a_limit_of_cost_needs_both_prices() -> None:
    with pytest.raises(ConfigError, match="needs both input_price and output_price"):
        LlmSpec(URL, "m", input_price=1.0, max_cost=1.0)


def test_price_is_for_a_million_tokens() -> None:
    spec = LlmSpec(URL, "m", input_price=2.0, output_price=8.0)
    assert spec.price(500_000, 250_000) == 3.0
    assert LlmSpec(URL, "m", input_price=2.0).price(1, 1) is None


def test_parameters_can_be_left_out() -> None:
    assert LlmSpec(URL, "m").list_parameters(3) == {"temperature": 0.0, "seed": 1, "max_tokens": 3000}
    assert LlmSpec(URL, "m", without=("seed", "max_tokens")).list_parameters(1) == {"temperature": 0.0}
