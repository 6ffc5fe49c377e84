// Pieces of the page: each function fills an element with what it is given.

export const $ = (selector) => document.querySelector(selector);

export function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// What a value of a fact is called: some are called otherwise as the value of one fact than of another.
export function named(text, fact, value) {
  return text.value[`${fact} ${value}`] ?? text.value[value] ?? value;
}

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function mark(right) {
  return make("span", { className: right ? "mark true" : "mark lie", ariaHidden: "true" }, right ? "✓" : "✗");
}

const percent = (share) => (share > 0 && share < 0.005 ? "<1" : String(Math.round(100 * share)));
const styled = (element, name, value) => (element.style.setProperty(name, value), element);

// The likeliest next words, the one that was said marked.
export function bars(list, text, likeliest, chosen) {
  list.replaceChildren(
    ...likeliest.map(([word, share]) => {
      const shown = word === "<END>" ? text.end : word;
      const item = make("li", { className: word === chosen ? "chosen" : "" }, make("span", {}, shown), make("small", {}, `${percent(share)} %`));
      return styled(item, "--share", share);
    }),
  );
}

export function score(table, text, models, tally) {
  const head = make("tr", {}, ...[text.network, text.scenes, text.lies].map((title) => make("th", { scope: "col" }, title)));
  const rows = Object.keys(models).map((name) => {
    const seen = Object.values(tally[name] ?? {}), lies = seen.reduce((sum, lie) => sum + lie, 0);
    const cell = styled(make("td", { className: "bar" }, String(lies)), "--share", seen.length ? lies / seen.length : 0);
    return make("tr", {}, make("th", { scope: "row" }, text.model[name]), make("td", {}, String(seen.length)), cell);
  });
  table.replaceChildren(make("thead", {}, head), make("tbody", {}, ...rows));
}

// ---- the deeper level

let moment = 0, onMoment = () => {}, unit = null;
document.addEventListener("moment", ({ detail }) => onMoment((moment = detail)));

export function heads(room, text, { layers, heads: count }, choose) {
  const select = make("select", { id: "head", className: "pick" });
  for (let layer = layers - 1; layer >= 0; layer--) {
    select.append(make("option", { value: `${layer} -1` }, fill(text.mean, { layer: layer + 1 })));
    for (let head = 0; head < count; head++) select.append(make("option", { value: `${layer} ${head}` }, fill(text.head, { layer: layer + 1, head: head + 1 })));
  }
  select.onchange = () => choose(select.value.split(" ").map(Number));
  onMoment = () => {};
  room.replaceChildren(make("label", { htmlFor: "head" }, fill(text.heads, { layers, heads: count })), select);
}

export function within(room, text, data, { model, words }, right, choose) {
  const table = make("table", { className: "along" }), probes = make("table", { className: "probes" }), title = make("h3");
  const select = make("select", { id: "unit", className: "pick" });
  const order = data.follows.map((_, n) => n).sort((a, b) => Math.abs(data.follows[b][2]) - Math.abs(data.follows[a][2]));
  for (const n of order) {
    const [fact, value, r] = data.follows[n];
    const words = { unit: n, fact: text.fact[fact].toLowerCase(), value: named(text, fact, value), r: String(r).replace("-", "−") };
    select.append(make("option", { value: n }, fill(text.follows, words)));
  }
  unit = data.follows[unit] ? unit : order[0];
  select.value = unit;
  select.onchange = () => along((unit = Number(select.value)));

  function column(word, t) {
    const button = make("button", { type: "button", onclick: () => choose(t) }, word);
    return make("th", { scope: "col", className: t === moment ? "at" : "" }, button);
  }

  function along() {
    const rows = [[data.name, data.units.map((h) => h[unit])]];
    if (data.gates) ["i", "f", "o"].forEach((gate, k) => rows.push([gate, data.gates.map((gates) => gates[k][unit])]));
    const most = Math.max(1, ...rows[0][1].map(Math.abs));
    const head = make("tr", {}, make("td", {}, text.before), ...words.map(column));
    const body = rows.map(([name, values]) => {
      const cells = values.map((value, t) => {
        const shown = value.toFixed(2).replace("-", "−");
        const cell = make("td", { className: `${name === data.name ? "signed" : "gate"}${t === moment ? " at" : ""}` }, make("span", {}, shown));
        return styled(cell, "--value", name === data.name ? value / most : value);
      });
      return make("tr", {}, make("th", { scope: "row" }, text.row[name]), ...cells);
    });
    table.replaceChildren(make("thead", {}, head), make("tbody", {}, ...body));
  }

  function known() {
    title.textContent = fill(text.probes, { word: words[moment] });
    const head = make("tr", {}, ...text.probe_head.map((name) => make("th", { scope: "col" }, name)));
    const rows = data.probes[moment].map(([fact, value, share, painted]) => {
      const bar = styled(make("td", { className: "bar" }, share.toFixed(2).replace("-", "−")), "--share", Math.max(0, Math.min(1, share)));
      const seen = make("td", {}, mark(painted), make("span", { className: "unseen" }, painted ? text.true : text.false));
      return make("tr", {}, make("th", { scope: "row" }, text.fact[fact]), make("td", {}, named(text, fact, value)), bar, seen);
    });
    probes.replaceChildren(make("thead", {}, head), make("tbody", {}, ...rows));
  }

  onMoment = () => (along(), known());
  const scroll = (inner, label) => make("div", { className: "wide", tabIndex: 0, role: "region", ariaLabel: label }, inner);
  room.replaceChildren(
    make("p", {}, fill(text.inside_state, { model, units: data.follows.length })),
    make("label", { htmlFor: "unit" }, text.unit), select,
    scroll(table, text.unit),
    make("p", { className: "small" }, text.follows_help, data.gates ? ` ${text.gates_help}` : ""),
    title,
    scroll(probes, text.probe_head[1]),
    make("p", { className: "small" }, fill(text.probes_help, Object.fromEntries(Object.entries(right).map(([fact, share]) => [fact, Math.round(100 * share)])))),
  );
  onMoment();
}
