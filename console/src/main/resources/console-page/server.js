// The token comes behind the # of the address, which browsers send to nobody; it is kept for reloads of this tab alone.
const KEY = "dien-token";
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname);
}
const headers = () => ({ "X-Dien-Token": sessionStorage.getItem(KEY) ?? "" });

async function json(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.problem ?? "status " + response.status);
  return body;
}

export const get = async (path, parameters = {}) =>
  json(await fetch("api/" + path + "?" + new URLSearchParams(parameters), { headers: headers() }));

export const post = async (path, body) =>
  json(await fetch("api/" + path, { method: "POST", headers: { ...headers(), "Content-Type": "application/json" }, body: JSON.stringify(body) }));

// EventSource cannot send a header, so the stream of events is read by hand.
async function stream(take) {
  const response = await fetch("api/events", { headers: headers() });
  if (!response.ok) await json(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const events = (rest + part.value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const data = event.split("\n").find((line) => line.startsWith("data: "));
      if (data) take(JSON.parse(data.slice(6)));
    }
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Calls take with each event and state with "live" or "lost", for ever.
export async function events(take, state) {
  for (;;) {
    try {
      await stream((event) => { state("live"); take(event); });
    } catch (e) {
      if (!(e instanceof TypeError)) console.warn("events:", e.message);
    }
    state("lost");
    await pause(2000);
  }
}
