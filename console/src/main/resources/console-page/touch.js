import { h, svg, at, ago, count, ms, percent, say, problem } from "./dom.js";
import { get, post } from "./server.js";

const SHOWN_BEHAVIORS = 10;
const SHOWN_OLDER = 5;
const SHOWN_INTERESTS = 5;
const COLORS = ["var(--c1)", "var(--c2)", "var(--c3)"];
const LABEL = [[8, 4], [-4, -8], [-4, 17]]; // beside, above and below the dot: the first three may end at one place
const POLL_MS = 2000;

let about;
let user = "";
let answer = null;
let focused = null; // ad id of the row that pointer or keyboard is on
let before = new Map(); // ranks of the answer before, by ad id
let busy = false;
let shelves = [];

const color = (candidate) => COLORS[candidate.rank - 1] ?? "var(--rest)";
const explained = (candidate) => answer.explanations?.[candidate.position];

export async function touch(what) {
  about = what;
  at("ask-row").hidden = at("shelf").hidden = !about.write;
  at("who-form").addEventListener("submit", (e) => { e.preventDefault(); pick(at("who").value.trim()); });
  at("ask").addEventListener("click", () => ask({}));
  at("others").addEventListener("click", () => ask({ others: true }));
  at("shelf-category").addEventListener("change", shelf);
  at("who").addEventListener("input", () => users(at("who").value.trim()));
  setInterval(poll, POLL_MS);
  await firstUser();
  if (about.write) await items();
}

// A job that has just started has told of nobody yet.
async function firstUser() {
  for (;;) {
    const some = await users("");
    const busiest = some.reduce((a, b) => (b.behaviors > (a?.behaviors ?? 0) ? b : a), null);
    if (user) return; // picked by hand meanwhile
    if (busiest && (await get("answers")).kept > 0) return pick(busiest.user);
    at("answered").textContent = busiest ? "Waiting for the job's first answer: it may still be starting." : "Nobody has done anything yet.";
    await new Promise((done) => setTimeout(done, 1000));
  }
}

async function users(prefix) {
  const some = await get("users", { q: prefix });
  at("who-list").replaceChildren(...some.map((u) => h("option", { value: u.user })));
  if (!prefix || about.masked) {
    const chips = some.slice(0, 5).map((u) => chip(u.user, u.user, `${u.behaviors} behaviors`));
    if (about.write && !about.masked) chips.push(chip("somebody new", "you-" + Math.random().toString(36).slice(2, 7), "nobody has seen this user before"));
    at("who-some").replaceChildren(...chips);
  }
  return some;
}

const chip = (text, name, title) =>
  h("button", { type: "button", title, "aria-pressed": String(name === user), onclick: () => pick(name) }, text);

async function pick(name) {
  if (!name) return;
  user = name;
  at("who").value = name;
  for (const button of at("who-some").children) button.setAttribute("aria-pressed", String(button.textContent === name));
  before = new Map();
  answer = null;
  try {
    problem();
    const known = await get("user", { user });
    history(known.history);
    if (about.write) await ask({ others: true });
    else take(known.answer, known.history);
  } catch (e) {
    problem(e.message);
  }
}

// Reading only, answers come of themselves.
async function poll() {
  if (about.write || busy || !user || document.hidden) return;
  try {
    const known = await get("user", { user });
    if (known.answer?.request_id !== answer?.request_id) take(known.answer, known.history);
  } catch (e) {
    problem(e.message);
  }
}

async function items() {
  shelves = await get("items");
  at("shelf-category").replaceChildren(...shelves.map((s) => h("option", { value: s.category }, s.category || "(no category)")));
  shelf();
}

function shelf() {
  const chosen = shelves.find((s) => s.category === at("shelf-category").value);
  at("shelf-items").replaceChildren(...(chosen?.items ?? []).map((item) =>
    h("button", { type: "button", "aria-label": `Click ${item.title} as ${user}`, onclick: () => ask({ click: item }) }, item.title)));
}

async function ask({ click, others }) {
  if (busy) return;
  busy = true;
  at("touch").setAttribute("aria-busy", "true");
  at("ask").disabled = at("others").disabled = true;
  const whose = user;
  try {
    const wish = { user, ads: others || !answer ? [] : answer.candidates.map((c) => [c.position, c.ad_id]).sort((a, b) => a[0] - b[0]).map((c) => c[1]) };
    if (click) wish.click = click.fields;
    const told = await post("ask", wish);
    if (whose !== user) return;
    before = others ? new Map() : new Map((answer?.candidates ?? []).map((c) => [c.ad_id, c.rank]));
    problem();
    take(told, null);
    timing(told.timing, click);
  } catch (e) {
    problem(e.message);
  } finally {
    busy = false;
    at("touch").setAttribute("aria-busy", "false");
    at("ask").disabled = at("others").disabled = false;
  }
}

function timing(timing, click) {
  const text = click ? `from the click on ${click.title} to a ranking that has seen it` : "from request to answer";
  at("speed").replaceChildren(h("strong", {}, ms(click ? timing.total_ms : timing.answer_ms)), " " + text + (timing.seen ? "" : " (the click is not in it yet)"));
  const best = answer.candidates[0];
  const up = answer.candidates.filter((c) => before.has(c.ad_id) && before.get(c.ad_id) > c.rank).map((c) => `${c.title} from ${before.get(c.ad_id)} to ${c.rank}`);
  say(`${ms(click ? timing.total_ms : timing.answer_ms)}. First: ${best?.title}. ${up.length ? "Up: " + up.join(", ") : ""}`);
}

function take(told, known) {
  answer = told;
  focused = null;
  if (!answer) {
    at("ranking").tBodies[0].replaceChildren();
    at("answered").textContent = "No answer for this user has come through yet.";
    at("path").replaceChildren();
    if (known) attention(known);
    return;
  }
  ranking();
  const flags = answer.flags.length ? ", " + answer.flags.map((f) => f.toLowerCase().replace("_", " ")).join(", ") : "";
  at("answered").textContent = `Answered by ${answer.model} ${answer.version}${answer.arm ? ` (${answer.arm})` : ""} over ${answer.sequence_length} behaviors${flags}.`
    + (answer.difference == null ? "" : ` Recomputed here, no pCTR differs by more than ${answer.difference.toExponential(1)}.`);
  history(answer.behaviors ?? known ?? []);
  attention(answer.behaviors ?? known ?? []);
  path();
}

function ranking() {
  const body = at("ranking").tBodies[0];
  const old = new Map([...body.rows].map((row) => [row.dataset.ad, row.getBoundingClientRect().top]));
  const most = Math.max(...answer.candidates.map((c) => c.pctr));
  body.replaceChildren(...answer.candidates.map((c) => row(c, most)));
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const tr of body.rows) {
    const moved = old.has(tr.dataset.ad) ? old.get(tr.dataset.ad) - tr.getBoundingClientRect().top : 0;
    if (moved) tr.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], { duration: 350, easing: "ease-out" });
  }
}

function row(c, most) {
  const focus = () => { focused = c.ad_id; mark(); };
  const name = about.write
    ? h("button", { class: "ad", type: "button", title: "Click it", "aria-label": `Click ${c.title} as ${user}`, onclick: () => ask({ click: c }) }, c.title ?? c.ad_id)
    : h("span", { class: "ad" }, c.title ?? c.ad_id);
  return h("tr", { "data-ad": c.ad_id, onmouseenter: focus, onfocusin: focus },
    h("td", { class: "rank" }, h("span", { class: "mark", "--mark": color(c) }), String(c.rank), " ", move(c)),
    h("td", {}, name, " ", h("span", { class: "small" }, c.category ?? ""), because(c)),
    h("td", { class: "number pctr" }, percent(c.pctr), h("span", { class: "bar", "--share": c.pctr / most })),
    h("td", { class: "number" }, c.ecpm.toFixed(2), h("div", { class: "small" }, c.pricing ? `${c.pricing} ${c.bid.toFixed(2)}` : c.currency)));
}

function move(c) {
  const was = before.get(c.ad_id);
  if (was == null || was === c.rank) return null;
  const up = was > c.rank;
  return h("span", { class: "move " + (up ? "up" : "down"), "aria-label": up ? `up from ${was}` : `down from ${was}` }, (up ? "▲" : "▼") + Math.abs(was - c.rank));
}

function because(c) {
  const why = explained(c);
  if (!why) return null;
  const weights = new Map();
  for (const t of why.because) weights.set(answer.behaviors[t].title, (weights.get(answer.behaviors[t].title) ?? 0) + why.attention[t]);
  const sorted = [...weights].sort((a, b) => b[1] - a[1]).filter(([, w], n) => n === 0 || w >= 0.01);
  return h("div", { class: "small because" }, "because of ", sorted.map(([title, w], n) => h("span", {}, (n ? ", " : "") + `${title} ${Math.round(100 * w)} %`)));
}

function history(behaviors) {
  const shares = new Map();
  // the newest count most: an interest of long ago is none any more
  behaviors.forEach((b, t) => shares.set(b.category, (shares.get(b.category) ?? 0) + 0.93 ** (behaviors.length - 1 - t)));
  const sorted = [...shares].filter(([category]) => category).sort((a, b) => b[1] - a[1]).slice(0, SHOWN_INTERESTS);
  at("interests").replaceChildren(...(sorted.length
    ? sorted.map(([category, share]) => h("li", {}, category, h("span", { class: "bar", "--share": share / sorted[0][1] })))
    : [h("li", {}, "none yet")]));
}

function attention(behaviors) {
  const ranked = answer?.explanations ? answer.candidates : [];
  const shown = worthShowing(behaviors, ranked);
  const most = Math.max(1e-9, ...ranked.flatMap((c) => explained(c).attention));
  at("why-note").textContent = ranked.length
    ? `${behaviors.length > shown.length ? `The newest ${SHOWN_BEHAVIORS} of ${behaviors.length}, and older ones that are looked at most` : "Newest first"}. A column for each rank: the stronger its color, the more that ad looks at the behavior; ${percent(most)} at the most.`
    : (answer?.unexplained ? `No attention: ${answer.unexplained}.` : "Newest first.");
  at("attention").replaceChildren(
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "behavior"), ranked.map((c) => h("th", { scope: "col", class: "col", "data-ad": c.ad_id, title: c.title }, String(c.rank))))),
    h("tbody", {}, shown.map(([b, t]) => h("tr", { class: Date.now() - b.timestamp < 4000 ? "fresh" : t < behaviors.length - SHOWN_BEHAVIORS ? "old" : null },
      h("th", { scope: "row", title: `${b.category}, ${ago(b.timestamp)}` }, b.title, " ", h("span", { class: "small" }, ago(b.timestamp))),
      ranked.map((c) => cell(explained(c).attention[t], most, c, b))))));
}

// The newest behaviors and, of the older ones, those that some ad looks at most; newest first, with their places.
function worthShowing(behaviors, ranked) {
  const all = behaviors.map((b, t) => [b, t]).reverse();
  const looked = (t) => Math.max(0, ...ranked.map((c) => explained(c).attention[t]));
  const older = all.slice(SHOWN_BEHAVIORS).sort((a, b) => looked(b[1]) - looked(a[1])).slice(0, ranked.length ? SHOWN_OLDER : 0);
  return [...all.slice(0, SHOWN_BEHAVIORS), ...older.sort((a, b) => b[1] - a[1])];
}

const cell = (weight, most, c, b) =>
  h("td", { title: `${c.rank}. ${c.title} looks at ${b.title}: ${percent(weight)}` }, h("i", { "--w": Math.sqrt(weight / most) }), h("span", { class: "unseen" }, percent(weight)));

function path() {
  const ranked = answer.explanations?.[0]?.path ? answer.candidates : [];
  at("path-title").hidden = !ranked.length;
  at("path-note").textContent = ranked.length
    ? `The state g of each ad along the history, from zero (the ring) to the interest that the score takes (the dot); two principal components, ${Math.round(100 * answer.explained)} % of the variance when the plane was chosen. Colors are those of the first three ranks.`
    : "";
  if (!ranked.length) return at("path").replaceChildren();
  const points = ranked.flatMap((c) => explained(c).path);
  const [w, height, pad] = [420, 240, 18];
  const scale = (axis, size) => {
    const values = points.map((p) => p[axis]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return (v) => pad + ((v - low) / (high - low || 1)) * (size - 2 * pad);
  };
  const [x, y] = [scale(0, w), scale(1, height)];
  const picture = svg("svg", { viewBox: `0 0 ${w} ${height}`, role: "img", "aria-label": `Paths of interest of ${ranked.length} ads` });
  for (const c of [...ranked].reverse()) {
    const line = explained(c).path;
    const end = line[line.length - 1];
    const group = svg("g", { "data-ad": c.ad_id });
    group.append(svg("polyline", { points: line.map((p) => `${x(p[0]).toFixed(1)},${y(p[1]).toFixed(1)}`).join(" "), stroke: color(c), "stroke-width": c.rank <= 3 ? 2 : 1, opacity: c.rank <= 3 ? 0.9 : 0.45 }));
    group.append(svg("circle", { cx: x(end[0]), cy: y(end[1]), r: c.rank <= 3 ? 5 : 3, fill: color(c) }));
    if (c.rank <= 3) {
      const label = svg("text", { x: x(end[0]) + LABEL[c.rank - 1][0], y: y(end[1]) + LABEL[c.rank - 1][1] });
      label.textContent = c.rank;
      group.append(label);
    }
    group.append(svg("title", {}));
    group.lastChild.textContent = `${c.rank}. ${c.title}`;
    picture.append(group);
  }
  const zero = explained(ranked[0]).path[0];
  picture.append(svg("circle", { cx: x(zero[0]), cy: y(zero[1]), r: 4, fill: "none", stroke: "var(--soft)", "stroke-width": 1.5 }));
  at("path").replaceChildren(picture);
}

// Shows the focused ad in attention and path too.
function mark() {
  for (const th of at("attention").querySelectorAll("th.col")) th.classList.toggle("on", th.dataset.ad === focused);
  for (const g of at("path").querySelectorAll("g")) {
    const c = answer.candidates.find((one) => one.ad_id === g.dataset.ad);
    const on = g.dataset.ad === focused;
    g.firstChild.setAttribute("stroke-width", on ? 3.5 : c.rank <= 3 ? 2 : 1);
    g.firstChild.setAttribute("opacity", on ? 1 : c.rank <= 3 ? 0.9 : 0.45);
  }
}
