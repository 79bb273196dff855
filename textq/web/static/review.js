/* Keys and swaps of the review. Every page works without this file; with it, no card needs the mouse.
 *
 * A key calls an action by its place on the keyboard (see textq/web/keys.py): the element with data-action="NAME" is
 * clicked, or what is in ACTIONS happens. <body data-keys='{"skip": ["KeyS"], …}' data-secret="…"> carries the keys and
 * the secret of the session. A card is <main class="card" data-url="/q/fix/KEY">; decisions, steps and undo swap it for
 * the next one. While a request is on its way nothing else is taken.
 */

const body = document.body;
const keys = JSON.parse(body.dataset.keys || "{}");
const shown = (element) => element && element.getClientRects().length > 0 && !element.disabled;
const find = (selector) => document.querySelector(selector);
const card = () => find("main.card");

let busy = false; // a request is on its way, or its card is not painted yet
let seenAt = performance.now(); // when the card came; moved on by the time that the page was hidden
let hiddenAt = 0;
let evidence = true;
let entry = ""; // the codebook beside the text, once it was fetched
let entryOpen = false;

/* What is said */

function say(text) {
  const line = find("#say");
  if (line) line.textContent = text || "";
}

function word(name) {
  return (find("#words") || body).dataset[name] || "";
}

function complain(text) {
  const box = find("#alert");
  if (!box) return;
  box.querySelector("p").textContent = text;
  box.hidden = !text;
}

function refuse() {
  say(word("busy"));
  body.classList.remove("refused");
  void body.offsetWidth; // starts the sign anew
  body.classList.add("refused");
}

/* Requests */

async function ask(url, form) {
  const options = { headers: { "X-Textq": "fragment" }, credentials: "same-origin", redirect: "follow" };
  if (form) {
    form.set("secret", body.dataset.secret || "");
    options.method = "POST";
    options.body = new URLSearchParams(form);
    options.headers["X-Textq-Secret"] = body.dataset.secret || "";
  }
  const answer = await fetch(url, options);
  const text = await answer.text();
  if (!answer.ok) {
    const plain = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
    throw new Error(plain && text ? text : `${word("refused")} (${answer.status})`);
  }
  return { text, goTo: answer.headers.get("X-Textq-Go") };
}

async function change(url, form, { push = true } = {}) {
  if (busy) return refuse();
  busy = true;
  card()?.setAttribute("aria-busy", "true");
  try {
    const { text, goTo } = await ask(url, form);
    complain("");
    if (goTo) {
      location.assign(goTo);
      return undefined;
    }
    swap(text, push);
    await painted();
  } catch (error) {
    complain(`${word("failed")} ${error instanceof TypeError ? word("offline") : error.message}`);
  }
  card()?.removeAttribute("aria-busy");
  busy = false;
  return undefined;
}

function parse(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

function swap(text, push) {
  const next = parse(text).querySelector("main");
  if (!next) throw new Error(word("refused"));
  find("main").replaceWith(document.adoptNode(next));
  if (next.dataset.title) document.title = next.dataset.title;
  if (push && next.dataset.url && next.dataset.url !== location.pathname) history.pushState(null, "", next.dataset.url);
  dress();
  if (!next.classList.contains("deep")) window.scrollTo(0, 0);
  next.focus({ preventScroll: true });
  say(next.dataset.say);
  seenAt = performance.now();
}

function painted() {
  return new Promise((done) => {
    const late = setTimeout(done, 100); // a page in the background is not painted
    requestAnimationFrame(() => requestAnimationFrame(() => { clearTimeout(late); done(); }));
  });
}

/* Cards */

function dress() {
  const main = card();
  if (!main) return;
  main.classList.toggle("plain", !evidence);
  showEntry();
  page(main.querySelector("details.class[open]"), 0);
}

function decide(form, button) {
  const values = new FormData(form);
  if (button?.name) values.set(button.name, button.value);
  const memo = find("#memo");
  if (memo) values.set("memo", memo.value);
  values.set("ms", String(Math.max(0, Math.round(performance.now() - seenAt))));
  return change(form.getAttribute("action"), values);
}

function unsaved() {
  const memo = find("#memo");
  return memo && card() && memo.value !== card().dataset.memo ? memo : null;
}

async function keepMemo() {
  const memo = unsaved();
  if (!memo) return true;
  try {
    await ask(memo.form.getAttribute("action"), new FormData(memo.form));
    card().dataset.memo = memo.value;
    say(word("memoKept"));
    return true;
  } catch {
    complain(`${word("failed")} ${word("offline")}`);
    return false;
  }
}

async function step(url, form, options) {
  if (busy) return refuse();
  return (await keepMemo()) ? change(url, form, options) : undefined;
}

function page(details, number) {
  if (!details) return;
  const groups = [...details.querySelectorAll(".group")];
  groups.forEach((group, place) => { group.hidden = place !== number % groups.length; });
  details.dataset.page = String(number % groups.length);
}

function pressDigit(digit) {
  const open = find("details.class[open]");
  if (!open) return false;
  if (digit === 0) {
    page(open, Number(open.dataset.page || 0) + 1);
  } else {
    const button = [...open.querySelectorAll("button[name=code]")].filter(shown)[digit - 1];
    if (button) button.click();
  }
  return true;
}

function chooseSecondary(name) {
  const select = find("select[name=secondary]");
  const option = select?.querySelector(`option[data-action="${name}"]`);
  if (!option) return;
  select.value = option.value;
  leaveSecondary();
  say(option.value ? `${word("secondary")} ${option.textContent.trim()}` : "");
}

function leaveSecondary() {
  delete card()?.dataset.mode;
}

/* The codebook beside the text */

async function toggleEntry() {
  entryOpen = !entryOpen;
  if (entryOpen && !entry) {
    try {
      entry = (await ask(find("[data-action=codebook]").dataset.fragment)).text;
    } catch (error) {
      entryOpen = false;
      complain(error instanceof TypeError ? word("offline") : error.message);
    }
  }
  showEntry();
}

function showEntry() {
  const box = find("#entry");
  if (!box) return;
  box.hidden = !entryOpen;
  const entries = box.querySelector(".entries");
  if (entryOpen && !entries.firstElementChild) entries.replaceChildren(...parse(entry).body.childNodes);
  const open = find("details.class[open]")?.dataset.class || "";
  box.querySelectorAll("[data-class]").forEach((part) => {
    part.hidden = part.dataset.class !== open;
  });
}

/* All keys */

async function showHelp() {
  let box = find("#help");
  if (!box) {
    box = document.createElement("dialog");
    box.id = "help";
    box.className = "panel";
    body.append(box);
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  }
  if (box.open) return box.close();
  try {
    box.replaceChildren(...parse((await ask("/keys")).text).querySelector("main").childNodes);
    const heading = box.querySelector("h1");
    heading.tabIndex = -1;
    heading.autofocus = true;
    box.showModal();
    box.scrollTop = 0;
  } catch {
    location.assign("/keys");
  }
  return undefined;
}

/* Context */

async function moreContext(link) {
  if (busy) return refuse();
  try {
    const fresh = parse((await ask(link.getAttribute("href"))).text);
    const main = card();
    for (const part of [".before", ".after", ".wider"]) {
      main.querySelector(part)?.replaceWith(document.adoptNode(fresh.querySelector(part)));
    }
    main.classList.toggle("deep", fresh.querySelector("main").classList.contains("deep"));
    main.querySelector(".clause").scrollIntoView({ block: "center" });
  } catch (error) {
    complain(error instanceof TypeError ? word("offline") : error.message);
  }
  return undefined;
}

/* Undo works on every page: a card swaps, other pages are sent as a form */

function undo(way) {
  if (card()) return step(`/${way}`, new FormData());
  const form = document.createElement("form");
  form.method = "post";
  form.action = `/${way}`;
  for (const [name, value] of [["secret", body.dataset.secret || ""], ["back", location.pathname + location.search]]) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  body.append(form);
  form.submit();
  return undefined;
}

const ACTIONS = {
  undo: () => undo("undo"),
  redo: () => undo("redo"),
  search: () => location.assign("/browse"),
  help: showHelp,
  memo: () => find("#memo")?.focus(),
  evidence: () => { evidence = !evidence; dress(); },
  secondary: () => {
    const main = card();
    if (!main) return;
    main.dataset.mode = "secondary";
    say(word("secondaryAsk"));
  },
};

/* Listeners */

const canonical = (code) => code.replace(/^Numpad(?=\d$)/, "Digit");
const isField = (element) => element?.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

function escape(event) {
  if (find("dialog[open]")) return;
  const target = event.target;
  if (isField(target)) {
    target.blur();
    (find("main") || body).focus({ preventScroll: true });
  } else if (card()?.dataset.mode) {
    leaveSecondary();
    say("");
  } else {
    const open = find("details.class[open]");
    if (open) open.open = false;
    else if (entryOpen) toggleEntry();
    else return;
    find("main").focus({ preventScroll: true });
  }
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if (event.target.matches?.("[data-learns]") && learn(event)) return;
  if (event.code === "Escape" && !event.ctrlKey && !event.altKey && !event.metaKey) return escape(event);
  if (isField(event.target) || event.repeat || find("dialog[open]:not(#help)")) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.code === "KeyZ") {
    event.preventDefault();
    return undo(event.shiftKey ? "redo" : "undo");
  }
  if (event.ctrlKey || event.altKey || event.metaKey || body.dataset.keysOn === "false") return;
  if (event.code === "Space" && event.target.closest?.("button, summary, a, input")) return;
  const shifted = event.shiftKey || event.key === "?"; // some keyboards have ? without Shift
  const code = (shifted ? "Shift+" : "") + canonical(event.code);
  const names = Object.keys(keys).filter((name) => keys[name].includes(code));
  if (!names.length) return;
  const help = find("#help[open]");
  if (help) {
    if (names.includes("help")) help.close();
    return;
  }
  if (call(names)) event.preventDefault();
});

/* A field of the settings takes the key that is pressed in it */
function learn(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || /^(Tab|Enter|NumpadEnter|Escape|Shift|Control|Alt|Meta|CapsLock)/.test(event.code)) return false;
  event.preventDefault();
  const empties = event.code === "Backspace" || event.code === "Delete";
  event.target.value = empties ? "" : (event.shiftKey ? "Shift+" : "") + canonical(event.code);
  return true;
}

function call(names) {
  const digit = names.map((name) => (name === "none" ? 0 : Number(/^class(\d)$/.exec(name)?.[1] ?? -1))).find((n) => n >= 0);
  if (card()?.dataset.mode === "secondary" && digit !== undefined) {
    chooseSecondary(digit ? `class${digit}` : "none");
    return true;
  }
  if (card() && digit !== undefined) {
    if (busy) { refuse(); return true; }
    if (pressDigit(digit)) return true;
  }
  for (const name of names) {
    const element = [...document.querySelectorAll(`[data-action="${name}"]`)].find(shown);
    if (element) {
      element.click();
      return true;
    }
    if (ACTIONS[name]) {
      ACTIONS[name]();
      return true;
    }
  }
  return false;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!card() || !form.closest("main.card")) return;
  event.preventDefault();
  if (form.id === "decide") decide(form, event.submitter);
  else if (form.id === "memo-form") keepMemo();
  else step(form.getAttribute("action"), new FormData(form));
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const target = event.target.closest?.("[data-swap], [data-action=context], [data-action=codebook], [data-action=evidence], [data-action=help], [data-close]");
  if (!target || (!card() && target.dataset.action !== "help")) return;
  event.preventDefault();
  if (target.dataset.action === "help") showHelp();
  else if (target.dataset.action === "context") moreContext(target);
  else if (target.dataset.action === "codebook" || "close" in target.dataset) toggleEntry();
  else if (target.dataset.action === "evidence") ACTIONS.evidence();
  else step(target.getAttribute("href"));
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.class")) return;
  if (event.target.open) page(event.target, 0);
  showEntry();
}, true);

document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = performance.now();
  else if (hiddenAt) seenAt += performance.now() - hiddenAt;
});

window.addEventListener("pagehide", () => {
  const memo = unsaved();
  if (!memo) return;
  const form = new FormData(memo.form);
  form.set("secret", body.dataset.secret || "");
  navigator.sendBeacon(memo.form.getAttribute("action"), new URLSearchParams(form));
});

window.addEventListener("popstate", () => { if (card()) step(location.pathname + location.search, undefined, { push: false }); });

/* Tables: J and K walk over the rows, X selects one, Shift+X all from the last one selected */

let lastRow = null;
const rowsOf = () => [...document.querySelectorAll("table[data-rows] tbody tr")];
const currentRow = () => document.activeElement?.closest?.("table[data-rows] tbody tr");

function walk(step) {
  const rows = rowsOf();
  if (!rows.length) return;
  const at = rows.indexOf(currentRow());
  const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function pick(range) {
  const rows = rowsOf();
  const here = currentRow() || rows[0];
  if (!here) return undefined;
  if (here !== currentRow()) here.focus({ preventScroll: true });
  const first = range && lastRow ? rows.indexOf(lastRow) : rows.indexOf(here);
  const last = rows.indexOf(here);
  const boxes = rows.slice(Math.min(first, last), Math.max(first, last) + 1)
    .map((row) => row.querySelector(".pick input")).filter((box) => box && !box.disabled);
  const on = range || !here.querySelector(".pick input")?.checked;
  boxes.forEach((box) => { box.checked = on; });
  lastRow = here;
  countPicked();
  return undefined;
}

function countPicked() {
  const box = find("[data-count]");
  if (box) box.textContent = `(${document.querySelectorAll("table[data-rows] .pick input:checked").length})`;
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("table[data-rows] .pick input")) return;
  lastRow = event.target.closest("tr");
  countPicked();
});

Object.assign(ACTIONS, {
  next: () => walk(1),
  previous: () => walk(-1),
  select: () => pick(false),
  select_range: () => pick(true),
  document: () => currentRow()?.querySelector("[data-open]")?.click(),
});
countPicked();

dress();
if (card()) card().focus({ preventScroll: true });
body.classList.add("scripted");
