"""What ``textq review`` says on stderr while it serves."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from traceback import format_exception
from typing import TYPE_CHECKING

from textq.cli.languages import Lang
from textq.notation.controls import spell_controls

if TYPE_CHECKING:
    from textq.pipeline.review_open import ReviewStudy


def describe_opening(study: "ReviewStudy", lang: Lang, *, is_network: bool, needs_pin: bool) -> Iterator[str]:
    """Yield what is open to whom, and how it is stopped."""
    who = ("、" if lang == "zh" else ", ").join(study.coders)
    if lang == "zh":
        yield f"正在复核 {study.out}（运行 {study.run_dir.name}）；编码员：{who}。按 Ctrl-C 停止，编码随做随存。"
        yield "链接可多次使用，需名字和 PIN。" if needs_pin else "链接只能用一次；要新的链接，请停止后再启动。"
    else:
        yield f"Review of {study.out} (run {study.run_dir.name}), coders: {who}. Ctrl-C stops it; all is saved at once."
        yield "The link needs a name and a PIN." if needs_pin else "The link is good once; start anew for another."
    if study.loaded is not None and (study.loaded.carried or study.loaded.lost):
        n_carried, n_lost = study.loaded.carried, study.loaded.lost
        yield (
            f"载入了新的运行：{n_carried} 条已编码条款改了键名并随之转移，{n_lost} 条不在此运行中（见进度页）。"
            if lang == "zh"
            else f"A new run was loaded: {n_carried} coded clauses were found again under another key, {n_lost} are "
            "not in it (see the overview page)."
        )
    if is_network:
        yield (
            "警告：其他机器可以访问本服务，文本、编码和 PIN 在网络上不加密传输。只在可信的网络中使用。"
            if lang == "zh"
            else "warning: other machines can reach this server; texts, codes and PINs travel unencrypted. Use it in a "
            "network that you trust only."
        )


def describe_pins(pins: Mapping[str, str], lang: Lang) -> Iterator[str]:
    """Yield the new PINs, which are shown this once."""
    for coder, pin in pins.items():
        yield (
            f"{coder} 的 PIN：{pin}（只显示这一次；忘记时用 --new-pin {coder}）"
            if lang == "zh"
            else f"PIN of {coder}: {pin} (shown this once; for another one: --new-pin {coder})"
        )


def describe_risk(risk: str, lang: Lang) -> Iterator[str]:
    """Yield what threatens the store where it lies."""
    yield f"警告：{risk}" if lang == "zh" else f"warning: {risk}"


def describe_logs(written: Sequence[Path], lang: Lang) -> Iterator[str]:
    """Yield where what each coder did was written."""
    for path in written:
        yield f"已写出 {path}" if lang == "zh" else f"wrote {path}"


def describe_error(error: Exception, is_verbose: bool) -> Iterator[str]:
    """Yield an error of a page: its kind, or all of it."""
    if is_verbose:
        yield "".join(format_exception(error)).rstrip()
    else:
        said = spell_controls(f"{type(error).__name__}: {error}".replace("\n", " "))
        yield f"error in a page: {said}. See where it comes from by `textq -v review`."
