import { at, problem } from "./dom.js";
import { get, events } from "./server.js";
import { touch } from "./touch.js";
import { watch } from "./watch.js";

const TABS = ["touch", "watch"];

function show(name) {
  for (const tab of TABS) {
    const selected = tab === name;
    at(tab).hidden = !selected;
    at("tab-" + tab).setAttribute("aria-selected", selected);
    at("tab-" + tab).tabIndex = selected ? 0 : -1;
  }
  if (name === "watch") view.shown();
}

for (const tab of TABS) {
  at("tab-" + tab).addEventListener("click", () => show(tab));
  at("tab-" + tab).addEventListener("keydown", (e) => {
    if (e.key !== "ArrowLeft" && e.key !== "ArrowRight") return;
    const other = TABS[1 - TABS.indexOf(tab)];
    show(other);
    at("tab-" + other).focus();
  });
}

const view = watch();

function connection(state) {
  at("state").className = "state " + state;
  const text = state === "live" ? "live" : "connection lost, trying again";
  if (at("state").textContent !== text) at("state").textContent = text;
}

try {
  const about = await get("about");
  const models = (about.models ?? []).map((m) => `${m.name} ${m.version} (${m.architecture})`).join(", ");
  at("about").textContent = `Kafka ${about.kafka}${models ? ", model " + models : ""}${about.write ? "" : ", reading only"}`;
  view.about(about);
  events(view.take, connection);
  await touch(about);
} catch (e) {
  problem(e.message);
  connection("lost");
}
document.documentElement.dataset.ready = "true";
