import { h, at, ago, count, ms, percent, problem, say, table } from "./dom.js";
import { get, post } from "./server.js";
import { lines, bars, intervals, drawAll } from "./charts.js";

const SHOWN_SECONDS = 300;
const RECENT = 10;

export function watch() {
  let about = {};
  let seconds = [];
  let charts = null;
  let auc = null;
  let last = null;

  function binNames(bins) {
    const edge = (b) => 100 * 10 ** (b / 5 - 4);
    const text = (p) => (p >= 1 ? p.toFixed(p >= 10 ? 0 : 1) : p.toPrecision(1)).replace(/\.0$/, "") + " %";
    return Array.from({ length: bins }, (_, b) => `${text(edge(b))} to ${text(edge(b + 1))}`);
  }

  function take(event) {
    seconds = seconds.concat(event.seconds).slice(-SHOWN_SECONDS);
    last = event;
    charts ??= {
      rates: lines(at("rates"), [{ label: "behaviors", color: "--c1" }, { label: "requests", color: "--c2" }, { label: "answers", color: "--c3", dash: [6, 4] }]),
      times: lines(at("times"), [{ label: "p50", color: "--c1" }, { label: "p99", color: "--c2" }, { label: "p50 scored", color: "--c3", dash: [6, 4] }], { unit: " ms", log: true }),
      pctr: bars(at("pctr"), "of scores", binNames(event.pctr_bins)),
    };
    if (!at("watch").hidden) draw();
  }

  function draw() {
    if (!last) return;
    const x = seconds.map((s) => s.t);
    const rate = (topic) => seconds.map((s) => s.counts[topic] ?? 0);
    charts.rates.draw([x, rate("behaviors"), rate("ad-requests"), rate("scores")]);
    charts.times.draw([x, ...[["answer_ms", 0], ["answer_ms", 1], ["scored_ms", 0]].map(([name, q]) => seconds.map((s) => (s[name] ? Math.max(1, s[name][q]) : null)))]);
    const total = last.pctr.reduce((a, b) => a + b, 0) || 1;
    charts.pctr.draw([last.pctr.map((_, b) => b), last.pctr.map((n) => (100 * n) / total)]);
    tiles();
    rollout();
    letters();
    flink();
    quality();
  }

  function tiles() {
    const recent = seconds.slice(-RECENT);
    const rate = (topic) => recent.reduce((sum, s) => sum + (s.counts[topic] ?? 0), 0) / (recent.length || 1);
    const worst = (name, q) => {
      const values = recent.filter((s) => s[name]).map((s) => s[name][q]).sort((a, b) => a - b);
      return values.length ? values[Math.floor(values.length / 2)] : null;
    };
    const all = [
      ["behaviors/s", count(rate("behaviors"))],
      ["requests/s", count(rate("ad-requests"))],
      ["answers/s", count(rate("scores"))],
      ["answer time, p50", ms(worst("answer_ms", 0))],
      ["answer time, p99", ms(worst("answer_ms", 1))],
      ["dead letters/s", rate("dead-letters").toFixed(1)],
    ];
    at("tiles").replaceChildren(...all.map(([name, value]) => h("div", { class: "tile" }, h("b", {}, value), h("span", {}, name))));
  }

  const states = (of) => Object.entries(of).map(([state, n]) => h("span", { class: "pill " + (state === "REFUSED" ? "bad" : state === "SERVING" || state === "READY" ? "good" : "") }, `${n} ${state.toLowerCase()}`));

  function rollout() {
    const answers = Object.entries(last.versions);
    const total = answers.reduce((sum, [, n]) => sum + n, 0) || 1;
    const parts = [table(["version", { name: "answers, last minute", number: true }, { name: "share", number: true }], answers.map(([version, n]) => [version, count(n), percent(n / total)]))];
    if (!answers.length) parts[0] = h("p", { class: "note" }, "No answers in the last minute.");
    const plan = last.rollout;
    if (plan && (plan.revision > 0 || plan.tasks > 0)) {
      parts.push(h("h3", {}, `Plan, revision ${plan.revision}${plan.paused ? ", PAUSED" : ""}, ${plan.tasks} tasks`));
      parts.push(table(["version", "role", { name: "users", number: true }, "tasks"], plan.versions.map((v) => [v.version, v.role, v.percent == null ? "" : v.percent.toFixed(1) + " %", h("span", { title: v.reason }, states(v.states))])));
    } else {
      parts.push(h("p", { class: "note" }, "No rollout: the job serves the model that it was started with."));
    }
    at("rollout").replaceChildren(...parts);
  }

  let shownLetters = "";
  function letters() {
    const counts = Object.entries(last.letters);
    const reasons = JSON.stringify(counts.map(([reason]) => reason));
    if (reasons !== shownLetters) {
      shownLetters = reasons;
      const focus = document.activeElement?.dataset?.reason;
      at("letters").replaceChildren(counts.length
        ? table(["reason", { name: "count", number: true }, { name: "", number: true }], counts.map(([reason]) => [reason, h("span", { "data-count": reason }), h("button", { type: "button", "data-reason": reason, "aria-label": "Look inside " + reason, onclick: () => inside(reason) }, "Look inside")]))
        : h("p", { class: "note" }, "None."));
      if (focus) at("letters").querySelector(`[data-reason="${CSS.escape(focus)}"]`)?.focus();
    }
    // in place: a button that is about to be pressed must not be replaced
    for (const [reason, n] of counts) at("letters").querySelector(`[data-count="${CSS.escape(reason)}"]`).textContent = count(n);
  }

  async function inside(reason) {
    try {
      problem();
      const list = await get("letters", { reason });
      at("letters-inside").replaceChildren(h("h3", {}, `Newest of ${reason}`), ...list.slice(0, 10).map(letter));
    } catch (e) {
      problem(e.message);
    }
  }

  function letter(l) {
    const { reason, message, origin, processed, ...rest } = l;
    const again = h("button", { type: "button", disabled: !about.write, onclick: () => replay(origin, again) }, about.write ? "Send it again" : "Send it again (needs --write)");
    return h("details", {}, h("summary", {}, `${message} `, h("span", { class: "small" }, `${origin}, ${ago(processed)}`)), h("pre", {}, JSON.stringify(rest.record ?? rest, null, 1)), again);
  }

  async function replay(origin, button) {
    button.disabled = true;
    try {
      await post("letters/replay", { origin });
      button.textContent = "Sent";
      say("sent " + origin + " again");
    } catch (e) {
      problem(e.message);
      button.disabled = false;
    }
  }

  function flink() {
    const told = last.flink;
    if (!told) return at("flink").replaceChildren(h("p", { class: "note" }, about.flink ? "Waiting for an answer." : "Not asked: start the console with --flink."));
    if (told.problem) return at("flink").replaceChildren(h("p", { class: "note" }, told.problem));
    at("flink").replaceChildren(
      table(["job", "state", { name: "tasks", number: true }, { name: "checkpoints", number: true }], told.jobs.map((j) => [
        j.name,
        h("span", { class: "pill " + (j.state === "RUNNING" ? "good" : "bad") }, j.state.toLowerCase()),
        `${j.tasks}/${j.all_tasks}`,
        h("span", {}, `${j.checkpoints}${j.failed_checkpoints ? `, ${j.failed_checkpoints} failed` : ""}`,
          j.checkpoint_ms == null ? null : h("div", { class: "small" }, `newest ${ms(j.checkpoint_ms)}, ${(j.checkpoint_bytes / 1e6).toFixed(1)} MB`)),
      ])),
      h("p", { class: "note" }, "Web UI: ", h("a", { href: told.url, rel: "noreferrer" }, told.url)));
  }

  function quality() {
    const groups = last.quality;
    at("quality-card").hidden = !groups.length;
    if (!groups.length) return;
    const number = (v, digits) => (v == null ? "–" : v.toFixed(digits));
    at("quality").replaceChildren(table(
      ["version", { name: "shown", number: true }, { name: "clicks", number: true }, { name: "GAUC", number: true }, { name: "log loss", number: true }, { name: "calibration", number: true }],
      groups.map((g) => [`${g.version} ${g.arm}`, count(g.impressions), count(g.clicks), number(g.gauc, 4), number(g.log_loss, 4), g.calibration == null ? "–" : h("span", {}, number(g.calibration, 3), h("div", { class: "small" }, `${number(g.calibration_low, 3)} to ${number(g.calibration_high, 3)}`))])));
    const names = groups.map((g) => `${g.version} ${g.arm}`);
    if (auc?.key !== names.join()) {
      at("auc").replaceChildren();
      auc = { key: names.join(), chart: intervals(at("auc"), names) };
    }
    const starts = [...new Set(groups.flatMap((g) => g.windows.map((w) => w.start)))].sort((a, b) => a - b);
    const column = (g, of) => starts.map((start) => { const w = g.windows.find((one) => one.start === start); return w ? of(w) : null; });
    auc.chart.draw([starts.map((s) => s / 1000), ...groups.flatMap((g) => [column(g, (w) => w.auc), column(g, (w) => Math.min(1, w.auc + w.error)), column(g, (w) => Math.max(0, w.auc - w.error))])]);
  }

  return { take, about: (what) => { about = what; }, shown: () => { draw(); drawAll(); } };
}
