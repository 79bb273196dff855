"""``textq fetch``: the addresses of a manifest → files, and the manifest completed."""

import json
import os
import re
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from textq.cli import EXIT_INTERRUPTED, EXIT_PARTIAL, languages
from textq.notation.controls import spell_controls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textq.ingest.fetch import Fetched
    from textq.ingest.fetch.run import Progress

_SIZE = re.compile(r"(\d{1,12})\s*(B|kB|MB|GB)?", re.IGNORECASE)
_FACTORS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9}

_STATUS = {
    "zh": {"fetched": "已下载", "kept": "已存在", "failed": "失败", "left": "未处理"},
    "en": {"fetched": "fetched", "kept": "there already", "failed": "failed", "left": "left"},
}
_INTERRUPTED = {
    "zh": "已中断；已下载的文件和未完成的部分都已保留。再次运行同一命令即可继续。",
    "en": "interrupted; files and parts of files are kept. Run the same command again to go on.",
}
_WRITTEN = {
    "zh": "清单已补全：{manifest}",
    "en": "manifest completed: {manifest}",
}
_KEPT = {
    "zh": "（此前的清单保存为 {copy}）",
    "en": " (the one before is kept as {copy})",
}
_PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_NOT_PROXIED = {
    "zh": "环境变量 {name} 设置了代理，但未使用：经代理无法检查主机地址。如需经代理下载，请用 --proxy。",
    "en": "{name} is not used: through a proxy, addresses of hosts cannot be checked. Give --proxy if you need it.",
}
_PROXIED = {
    "zh": "经代理 {proxy} 下载：主机名由代理解析，因此不检查主机地址是否为内网地址。",
    "en": "through the proxy {proxy}: it resolves the names, so that addresses of hosts are not checked.",
}


def _read_size(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Return the bytes that "50MB" stands for (1 MB = 1,000,000 bytes)."""
    found = _SIZE.fullmatch(value.strip())
    if not found or int(found[1]) == 0:
        raise click.BadParameter(f"{value!r} is no size. Write it as 50MB, 800kB or 1000000.", ctx, param)
    return int(found[1]) * _FACTORS[(found[2] or "").lower()]


@click.command(
    epilog="""\b
Examples:
  textq fetch corpus/manifest.csv
  textq fetch list.csv --out corpus --delay 5 --user-agent "textq (name@university.edu)"
  textq fetch corpus/manifest.csv --limit 20 --json
"""
)
@click.argument("manifest", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="Folder for the files and the completed manifest; default: the folder of MANIFEST.")  # fmt: skip
@click.option("--delay", type=click.FloatRange(0), default=2.0, show_default=True,
              help="Seconds between requests to the same host; robots.txt may ask for more.")  # fmt: skip
@click.option("--retries", type=click.IntRange(0, 20), default=3, show_default=True,
              help="How often to repeat a request that may succeed later.")  # fmt: skip
@click.option("--most-bytes", default="50MB", show_default=True, callback=_read_size, metavar="SIZE",
              help="Refuse larger files.")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(0, min_open=True), default=30.0, show_default=True,
              help="Seconds to wait for an answer.")  # fmt: skip
@click.option("--most-seconds", type=click.FloatRange(0, min_open=True), default=600.0, show_default=True,
              help="Seconds that one request may last.")  # fmt: skip
@click.option("--user-agent", help="How to name yourself to the sites, best with an address; default: textq/VERSION.")
@click.option("--allow-private", is_flag=True, help="Fetch from hosts with private addresses, too.")
@click.option("--proxy", help="http://host:port; the proxy resolves names, so that addresses of hosts are not checked.")
@click.option("--force", is_flag=True, help="Fetch again what is there, and replace it.")
@click.option("--limit", type=click.IntRange(1), help="The most addresses to try in this run.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all rows on stdout.")
@languages.option
@click.pass_context
def command(
    ctx: click.Context,
    manifest: Path,
    out: Path | None,
    delay: float,
    retries: int,
    most_bytes: int,
    timeout: float,
    most_seconds: float,
    user_agent: str | None,
    allow_private: bool,
    proxy: str | None,
    force: bool,
    limit: int | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """Download the documents that MANIFEST (a CSV file) lists in its column url.

    Asks robots.txt, waits between requests, goes on where it was interrupted, and writes file, sha256, retrieved_on,
    final_url, content_type and charset into manifest.csv. Exit code 3: some files could not be fetched.
    """
    from textq.ingest.fetch import FetchSpec, fetch_manifest

    language = languages.choose_language(lang)
    spec = FetchSpec(
        out=out, delay=delay, retries=retries, most_bytes=most_bytes, timeout=timeout, most_seconds=most_seconds,
        allow_private=allow_private, proxy=proxy, force=force, limit=limit,
    )  # fmt: skip
    if user_agent:
        spec = replace(spec, user_agent=user_agent)
    for line in _describe_proxy(proxy, language):
        click.echo(line, err=True)
    try:
        rows = fetch_manifest(manifest, spec, on_progress=_show_row(language))
    except KeyboardInterrupt:
        click.echo(_INTERRUPTED[language], err=True)
        ctx.exit(EXIT_INTERRUPTED)
    folder = out or manifest.parent
    for line in _describe(rows, folder, language):
        click.echo(line, err=as_json)
    if as_json:
        click.echo(json.dumps(_to_json(rows, folder), ensure_ascii=False))
    ctx.exit(EXIT_PARTIAL if any(row.status == "failed" for row in rows) else 0)


def _show_row(language: languages.Lang) -> "Progress":
    """Return what prints a line for each settled row, on stderr."""

    def show(row: "Fetched", done: int, total: int) -> None:
        what = row.reason or f"{row.size:,} B"
        line = f"[{done}/{total}] {_STATUS[language][row.status]}: {row.file or row.url} · {what}"
        click.echo(spell_controls(line), err=True)

    return show


def _describe_proxy(proxy: str | None, language: languages.Lang) -> list[str]:
    if proxy:
        return [_PROXIED[language].format(proxy=proxy)]
    return [_NOT_PROXIED[language].format(name=name) for name in _PROXY_VARIABLES if os.environ.get(name)][:1]


def _describe(rows: "Sequence[Fetched]", folder: Path, language: languages.Lang) -> list[str]:
    counts = Counter[str](row.status for row in rows)
    states = [f"{words} {counts[status]}" for status, words in _STATUS[language].items() if counts[status]]
    written = _WRITTEN[language].format(manifest=folder / "manifest.csv")
    copies = sorted((folder / ".fetch").glob("manifest-*.csv"), key=lambda copy: copy.stat().st_mtime)
    kept = _KEPT[language].format(copy=copies[-1]) if copies else ""
    return ["; ".join(states) or "0", spell_controls(written + kept)]


def _to_json(rows: "Sequence[Fetched]", folder: Path) -> dict[str, object]:
    from textq.provenance import SCHEMA_VERSION

    return {
        "schema_version": SCHEMA_VERSION,
        "manifest": str(folder / "manifest.csv"),
        "status": dict(Counter(row.status for row in rows)),
        "rows": [asdict(row) for row in rows],
    }
