// Lines and bars by uPlot, in the page's own colors, as wide as their place.
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const HEIGHT = 170;
const made = [];

function axes(format) {
  const axis = { stroke: css("--soft"), grid: { stroke: css("--line"), width: 1 }, ticks: { stroke: css("--line"), width: 1 }, font: "11px system-ui, sans-serif" };
  return [{ ...axis, grid: { show: false }, ...format?.x }, { ...axis, size: 54, ...format?.y }];
}

const size = (place) => ({ width: Math.max(200, place.clientWidth), height: HEIGHT });

// A chart that is made when it is first seen, and anew when colors change.
function chart(place, options) {
  const self = { plot: null, data: null };
  self.draw = (data) => {
    self.data = data ?? self.data;
    if (!self.data || !place.clientWidth) return;
    if (self.plot) self.plot.setData(self.data);
    else self.plot = new uPlot({ ...options(), ...size(place) }, self.data, place);
  };
  self.fit = () => self.plot?.setSize(size(place));
  self.again = () => { self.plot?.destroy(); self.plot = null; self.draw(); };
  made.push(self);
  return self;
}

addEventListener("resize", () => made.forEach((one) => one.fit()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => made.forEach((one) => one.again()));
export const drawAll = () => made.forEach((one) => one.draw());

const value = (unit) => (u, v) => (v == null ? "" : (v < 10 ? v.toFixed(1) : Math.round(v).toLocaleString("en")) + unit);

const clock = (t) => (t == null ? "" : new Date(t * 1000).toTimeString().slice(0, 8));
const decades = (low, high) => Array.from({ length: Math.round(Math.log10(high / low)) + 1 }, (_, n) => low * 10 ** n);

export const lines = (place, series, { unit = "", log = false } = {}) =>
  chart(place, () => ({
    legend: { live: true },
    cursor: { drag: { x: false, y: false } },
    scales: { y: log ? { distr: 3, range: (u, low, high) => [1, Math.max(100, 10 ** Math.ceil(Math.log10(high ?? 1)))] } : { range: (u, low, high) => [0, Math.max(1, (high ?? 1) * 1.1)] } },
    axes: axes({ y: log ? { splits: (u, axis, low, high) => decades(low, high), filter: (u, at) => at, values: (u, at) => at.map((v) => (v < 1000 ? v + " ms" : v / 1000 + " s")) } : {}, x: { values: (u, times) => times.map(clock), space: 80 } }),
    series: [
      { label: "time", value: (u, t) => clock(t) },
      ...series.map((s) => ({ label: s.label, stroke: css(s.color), width: 1.6, dash: s.dash, value: value(unit), points: { show: false }, spanGaps: true })),
    ],
  }));

export const bars = (place, label, names) =>
  chart(place, () => ({
    legend: { live: true },
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: false, range: [-0.7, names.length - 0.3] }, y: { range: (u, low, high) => [0, Math.max(1, (high ?? 1) * 1.08)] } },
    axes: axes({ x: { splits: () => names.map((n, i) => i).filter((i) => i % 5 === 0), values: (u, at) => at.map((i) => names[i].slice(0, names[i].indexOf(" %") + 2)) } }),
    series: [
      { label: "pCTR from", value: (u, i) => (i == null ? "" : names[i]) },
      { label, stroke: css("--c1"), fill: css("--c1"), width: 0, value: value(" %"), paths: uPlot.paths.bars({ size: [0.82, 100] }), points: { show: false } },
    ],
  }));

// Windows with intervals, a series for each version.
export const intervals = (place, names) =>
  chart(place, () => {
    const colors = ["--c1", "--c2", "--c3", "--c4"].map(css);
    return {
      legend: { live: true },
      cursor: { drag: { x: false, y: false } },
      axes: axes({ x: { values: (u, times) => times.map(clock), space: 80 } }),
      bands: names.map((n, i) => ({ series: [3 * i + 2, 3 * i + 3], fill: colors[i % 4] + "26" })),
      series: [{ label: "window", value: (u, t) => clock(t) }].concat(names.flatMap((name, i) => [
        { label: name, stroke: colors[i % 4], width: 1.6, points: { show: true, size: 5 }, value: (u, v) => (v == null ? "" : v.toFixed(4)) },
        { label: "high", stroke: colors[i % 4] + "55", width: 1, points: { show: false }, value: (u, v) => (v == null ? "" : v.toFixed(4)) },
        { label: "low", stroke: colors[i % 4] + "55", width: 1, points: { show: false }, value: (u, v) => (v == null ? "" : v.toFixed(4)) },
      ])),
    };
  });
