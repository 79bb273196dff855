"""Pages can be used by everybody: named controls, enough contrast, an order of focus, zoom, no script, no network."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import Served, run_textq

PAGES = ("/", "/q/audit", "/q/fix", "/browse", "/codebook", "/log", "/io", "/settings", "/keys")

NAMELESS = """() => {
  const texts = ids => (ids || "").split(/\\s+/).map(id => document.getElementById(id)?.textContent || "").join(" ");
  const name = e => [e.getAttribute("aria-label"), texts(e.getAttribute("aria-labelledby")), e.title, e.alt,
    [...(e.labels || [])].map(l => l.textContent).join(" "), e.placeholder,
    ["INPUT", "SELECT", "TEXTAREA"].includes(e.tagName) ? (["submit", "button"].includes(e.type) ? e.value : "")
      : e.textContent].join(" ").trim();
  return [...document.querySelectorAll("a[href],button,input:not([type=hidden]),select,textarea,summary,img,iframe")]
    .filter(e => e.getClientRects().length && !name(e)).map(e => e.outerHTML.slice(0, 200));
}"""

PALE = """() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255;
    return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = e => { const layers = []; for (let n = e; n; n = n.parentElement) {
      const c = parse(getComputedStyle(n).backgroundColor); layers.push(c); if (c[3] === 1) break; }
    return layers.reverse().reduce((below, c) => over(c, below), [255, 255, 255, 1]); };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, e = node.parentElement;
    if (!node.textContent.trim() || !e.getClientRects().length
        || e.closest("[aria-disabled=true],:disabled,script,style,.visually-hidden,.skip-link")) continue;
    const style = getComputedStyle(e);
    if (style.visibility === "hidden" || Number(style.opacity) === 0) continue;
    const below = ground(e), ink = over(parse(style.color), below);
    const [a, b] = [light(ink), light(below)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5) - .01) found.push(`${ratio.toFixed(2)} ${node.textContent.trim().slice(0, 40)}`);
  }
  return [...new Set(found)];
}"""


@pytest.fixture
def served(audited: Path, start: Callable[..., Served]) -> Served:
    return start(audited)


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_controls_have_names_text_has_contrast_and_headings_are_there(
    served: Served, visit: Callable[..., Any], shoot: Callable[..., None], scheme: str, locale: str
) -> None:
    page = visit(served, color_scheme=scheme, locale=locale, viewport={"width": 1280, "height": 900})
    for path in PAGES:
        page.goto(served.site + path)
        shoot(page, f"page-{path.strip('/').replace('/', '-') or 'home'}-{locale[:2]}-{scheme}")
        assert page.evaluate(NAMELESS) == [], path
        assert page.evaluate(PALE) == [], path
        assert page.locator("h1").count() == 1, path
        assert page.locator("main").count() == 1, path
        assert page.locator("html").get_attribute("lang") == ("zh-Hans" if locale == "zh-CN" else "en")


@pytest.mark.full
def test_focus_goes_through_all_controls_in_their_order_and_is_seen(served: Served, visit: Callable[..., Any]) -> None:
    page = visit(served, "/q/audit")
    page.evaluate("document.activeElement.blur()")
    places = []
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => { const e = document.activeElement; if (e === document.body) return null;
            const all = [...document.querySelectorAll("*")]; const s = getComputedStyle(e);
            const outlined = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0;
            return [all.indexOf(e), outlined || s.boxShadow !== "none", e.outerHTML.slice(0, 120)]; }"""
        )
        if found is None:
            break
        assert found[1], found[2]
        places.append(found[0])
    assert len(places) > 10
    ordered = places[: places.index(max(places)) + 1]
    assert ordered == sorted(ordered)


@pytest.mark.full
@pytest.mark.parametrize("width", [390, 640])
def test_nothing_is_cut_off_on_a_phone_or_at_200_percent(
    served: Served, visit: Callable[..., Any], shoot: Callable[..., None], width: int
) -> None:
    page = visit(served, viewport={"width": width, "height": 800}, device_scale_factor=2)
    for path in PAGES:
        page.goto(served.site + path)
        shoot(page, f"narrow-{width}-{path.strip('/').replace('/', '-') or 'home'}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), path


@pytest.mark.full
def test_no_page_asks_for_anything_from_elsewhere(served: Served, visit: Callable[..., Any]) -> None:
    page = visit(served)  # which fails on any other request, and on what the policy forbids
    page.context.route("**/*", lambda route: route.continue_() if served.site in route.request.url else route.abort())
    for path in PAGES:
        assert page.goto(served.site + path).ok, path


@pytest.mark.full
def test_scripts_that_are_not_textq_s_do_not_run(served: Served, browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.link)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.evaluate(
        """() => { const s = document.createElement("script"); s.textContent = "document.body.dataset.owned = 1";
        document.body.append(s); document.body.setAttribute("onclick", "document.body.dataset.owned = 2");
        document.body.click(); document.body.setAttribute("style", "color: red"); }"""
    )
    assert page.locator("body").get_attribute("data-owned") is None
    assert any("Content Security Policy" in text for text in complaints)
    context.close()


def test_without_scripts_a_decision_is_made_by_mouse(
    served: Served, visit: Callable[..., Any], shoot: Callable[..., None]
) -> None:
    page = visit(served, "/q/audit", java_script_enabled=False)
    shoot(page, "no-script-card")
    page.locator("details.class summary").first.click()
    page.locator("details.class[open] button[name=code]").first.click()
    page.locator("textarea[name=memo]").fill("by mouse")
    page.locator("#memo-form button").click()
    page.locator("button[name=code][value=none]").click()
    page.locator("form[action='/undo'] button").click()
    kinds = [event["kind"] for event in served.read_events() if event["kind"] != "sample"]
    assert kinds == ["code", "memo", "code", "undo"]


@pytest.mark.full
def test_hostile_text_stays_text(tmp_path: Path, start: Callable[..., Served], visit: Callable[..., Any]) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    evil = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    text = (
        f"杭州市人民政府关于{evil}的通知\n杭政发〔2019〕1号\n\n一、加大资金支持{evil}。设立专项资金，每年安排1000万元。\n"
        f"二、培养人才{evil}。支持高校开设跨境电商专业。\n\n杭州市人民政府\n2019年3月1日\n"
    )
    (papers / "notice.txt").write_text(text, encoding="utf-8")
    run_textq("score", papers, "--out", tmp_path / "study")
    served = start(tmp_path / "study")
    page = visit(served)
    for path in ("/", "/q/fix", "/browse", "/log"):
        page.goto(served.site + path)
        assert page.title() != "owned", path
        assert page.locator("main script, main img[onerror]").count() == 0, path
