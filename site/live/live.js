// Draws the controls and what the worker answers; everything that is computed is computed by the course's Python there.
import { $, bars, fill, heads, make, mark, named, score, within } from "./draw.js";

const ASKED = ["kind", "colour", "count", "side", "place", "time", "weather", "companion"];
const KEY = "live-score";
const PACE = 900; // milliseconds a word, when it plays

const file = async (name) => (await fetch(new URL(name, import.meta.url))).json();
const [text, about] = await Promise.all([file(`texts.${language()}.json`), file("about.json")]);
const { choices, scene: FIRST } = about;
const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
let scene, model, question = 0, looks, pinned = null, playing, asked = 0;
const said = {}; // what each model says of this scene
let tally = read(KEY);

// The language that is asked for with ?lang=…, else the first of the reader's that the page speaks.
function language() {
  const there = document.documentElement.dataset.languages.split(" ");
  const wanted = [new URLSearchParams(location.search).get("lang") ?? [], navigator.languages].flat();
  const found = wanted.map((each) => there.find((name) => name === each) ?? there.find((name) => name.split("-")[0] === each.split("-")[0]));
  return (document.documentElement.lang = found.find(Boolean) ?? there[0]);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {}; // the browser keeps nothing for this page
  }
}

// ---- the scene, in the page's address

function fromAddress() {
  const given = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const found = { ...FIRST };
  for (const name of ASKED) {
    const value = choices.facts[name].find((each) => String(each) === given[name]);
    if (value !== undefined) found[name] = value;
  }
  if (found.side === null) found.side = FIRST.side;
  if (/^\d{1,10}$/.test(given.seed)) found.seed = Number(given.seed);
  scene = found;
  model = Object.hasOwn(about.models, given.model ?? "") ? given.model : model;
}

function toAddress() {
  history.replaceState(null, "", `#${new URLSearchParams({ ...scene, model })}`);
}

// ---- questions to the worker

function ask(now = true) {
  asked = performance.now();
  pinned = looks = null;
  if (now) for (const each in said) delete said[each];
  toAddress();
  const wide = $("#frame").clientWidth * devicePixelRatio;
  worker.postMessage({ id: ++question, facts: JSON.stringify(scene), model, size: wide > 640 ? 864 : 576 });
  $("#scene").setAttribute("aria-label", described());
  settle();
}

function askInside() {
  if ($("#inside").open && said[model]) worker.postMessage({ id: question, inside: true, facts: JSON.stringify(scene), model });
}

function askLook(head) {
  if (head) pinned ??= 0;
  worker.postMessage({ id: question, look: true, facts: JSON.stringify(scene), model, head });
}

// Another model for the same scene: what it says has come already, or is about to.
function choose(name) {
  model = name;
  pinned = looks = null;
  toAddress();
  settle();
  if (said[model]) speak();
  askLook();
}

worker.onmessage = ({ data }) => {
  if (data.error) return failed(data.error);
  if (data.ready) return ready();
  if (data.scene) return change(data.scene);
  if (data.starting || data.done) return loading(data);
  if (data.id !== question) return;
  if (data.picture) paint(data);
  if (data.all === true) document.body.dataset.all = "true"; // for the tests: all have spoken
  if (data.said) hear(data);
  if (data.looks && data.model === model) (looks = data.looks), point(pinned);
  if (data.inside && data.model === model) showInside(data.inside);
};
worker.onerror = (event) => failed(event.message);

function failed(why) {
  $("#loading").hidden = false;
  $("#loading").replaceChildren(fill(text.failed, { why }));
}

function loading({ starting, done }) {
  const mega = (bytes) => (bytes / 1e6).toFixed(1), all = about.bytes;
  $("#progress").value = starting ? 1 : Math.min(1, done / all);
  $("#bytes").textContent = starting ? text.starting : fill(text.of, { done: mega(Math.min(done, all)), all: mega(all) });
}

function ready() {
  $("#loading").hidden = true;
  $("#page").removeAttribute("aria-busy");
  navigator.serviceWorker?.register(new URL("sw.js", import.meta.url)).catch(() => {}); // then it needs the network
}

// ---- what is shown

function paint({ picture, size }) {
  const canvas = $("#scene");
  canvas.width = canvas.height = size;
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(picture.buffer), size, size), 0, 0);
}

// What build.py had painted and said already, for as long as Python is on its way.
function first() {
  const picture = new Image();
  picture.onload = () => question < 2 && $("#loading").hidden === false && $("#scene").getContext("2d").drawImage(picture, 0, 0, 864, 864);
  picture.src = new URL("first.png", import.meta.url);
  for (const [name, each] of Object.entries(about.said)) hear({ model: name, said: each });
}

function hear(data) {
  said[data.model] = data.said;
  (tally[data.model] ??= {})[key()] ||= Number(!data.said.true);
  try {
    localStorage.setItem(KEY, JSON.stringify(tally));
  } catch {} // it lasts as long as the page
  counted();
  $(`#say-${data.model}`).replaceChildren(mark(data.said.true), " ", make("span", {}, data.said.words.join(" ")));
  if (data.model === model) speak();
}

function counted() {
  const lies = Object.values(tally).flatMap((each) => Object.values(each)).reduce((sum, lie) => sum + lie, 0);
  $("#found").textContent = lies ? fill(text.found, { lies }) : "";
  score($("#score"), text, about.models, tally);
}

function key() {
  return ASKED.map((name) => (scene.count > 1 && (name === "side" || name === "companion") ? "" : scene[name])).join(" ");
}

function verdict(each) {
  if (each.true) return text.true;
  const reasons = each.wrong.map(([what, { fact, value, painted, ...details }]) =>
    fill(text.wrong[what], { ...details, value: named(text, fact, value), painted: named(text, fact, painted) }),
  );
  return fill(text.lie, { reasons: reasons.reduce((one, other) => fill(text.both, { one, other })) });
}

function speak() {
  const { words, false: lies, true: right, unseen } = said[model];
  const buttons = [...words, "."].map((word, t) =>
    make("button", { type: "button", className: lies[t] ? "lie" : "", tabIndex: t ? -1 : 0, "aria-pressed": "false", "aria-describedby": "bars" }, word),
  );
  buttons.at(-1).setAttribute("aria-label", text.end);
  const play = make("button", { type: "button", id: "play", "aria-label": text.play }, "▶");
  const last = make("span", {}, ...buttons.slice(-2)); // the full stop stays beside its word
  $("#caption").replaceChildren(play, ...[...buttons.slice(0, -2), last].flatMap((each) => [" ", each]));
  $("#verdict").replaceChildren(mark(right), ` ${verdict(said[model])}`);
  $("#verdict").className = right ? "true" : "lie";
  const pairs = unseen.map(([one, other]) => fill(text.pair, { one: named(text, one, scene[one]), other: named(text, other, scene[other]) }));
  $("#never").textContent = pairs.length ? fill(text.never, { pairs: pairs.join(", ") }) : "";
  $("#live").textContent = fill(text.announce, { model: text.model[model], caption: words.join(" "), verdict: verdict(said[model]) });
  document.body.dataset.seconds = ((performance.now() - asked) / 1000).toFixed(3);
  point(pinned);
  askInside();
}

// The word that is pointed at: the five likeliest words before it was said, and the look.
function point(t) {
  if (!said[model]) return;
  const { words, likeliest, false: lies } = said[model];
  const at = t ?? Math.max(0, lies.indexOf(true));
  [...$("#caption").querySelectorAll("button:not(#play)")].forEach((button, n) => {
    button.setAttribute("aria-pressed", String(n === pinned));
    button.classList.toggle("at", n === at);
  });
  $("#moment").textContent = fill(text.next, { number: at + 1 });
  bars($("#bars"), text, likeliest[at], words[at] ?? "<END>");
  const canvas = $("#look"), side = canvas.width;
  canvas.classList.toggle("lit", t !== null && looks?.length > 0);
  if (t !== null && looks?.length) {
    const dark = looks.subarray(t * side * side, (t + 1) * side * side);
    const pixels = new ImageData(side, side);
    dark.forEach((alpha, n) => (pixels.data[4 * n + 3] = alpha));
    canvas.getContext("2d").putImageData(pixels, 0, 0);
  }
  document.dispatchEvent(new CustomEvent("moment", { detail: at }));
}

function showInside(data) {
  const names = { model: text.model[model], words: [...said[model].words, text.end] };
  if (data.heads) heads($("#within"), text, data, askLook);
  else within($("#within"), text, data, names, about.models[model].probes, (t) => point((pinned = t)));
  point(pinned);
}

// ---- controls

function controls() {
  $("#models").append(
    ...Object.keys(about.models).map((name) => {
      const input = make("input", { type: "radio", name: "model", value: name });
      return make("label", { className: "model" }, input, make("b", {}, text.model[name]), make("small", { id: `say-${name}` }));
    }),
  );
  $("#facts").append(...ASKED.map(fieldset));
  $("#tips").append(
    text.tips,
    ...choices.held_out.map(([kind, colour]) => {
      const fitting = Object.keys(choices.places).filter((place) => choices.places[place][0].includes(kind));
      const button = make("button", { type: "button" }, `${named(text, "colour", colour)} ${named(text, "kind", kind)}`);
      button.onclick = () => change({ kind, colour, place: fitting.includes(scene.place) ? scene.place : fitting[0], companion: null });
      return button;
    }),
  );
  $("#chapters").append(
    ...Object.entries(about.models).map(([name, { chapter }]) => make("a", { href: `../solutions/${chapter}.html` }, text.chapter[name])),
    make("a", { href: "../index.html" }, text.course),
  );
  counted();
}

function fieldset(name) {
  const inputs = choices.facts[name]
    .filter((value) => value !== null || name === "companion")
    .map((value) => {
      const input = make("input", { type: "radio", name, value: String(value) });
      const shown = named(text, name, value);
      const label = make("label", { title: name === "colour" ? shown : "" }, input, make("span", {}, shown));
      if (name === "colour") label.style.setProperty("--colour", `rgb(${choices.colours[value]})`);
      return label;
    });
  const legend = make("legend", {}, text.fact[name], make("span", {}));
  return make("fieldset", { id: `fact-${name}`, className: name }, legend, ...inputs);
}

// Bring the controls to the scene; dashed is what no training picture has beside the rest.
function settle() {
  for (const name of ASKED) {
    const group = $(`#fact-${name}`);
    group.disabled = scene.count > 1 && (name === "side" || name === "companion");
    for (const input of group.querySelectorAll("input")) input.checked = input.value === String(scene[name]);
  }
  const [kinds, companions] = choices.places[scene.place];
  const pairs = choices.held_out.filter(([kind]) => kind === scene.kind).map(([, colour]) => colour);
  const strange = (name, is) => $(`#fact-${name}`).querySelectorAll("input").forEach((input) => input.parentElement.classList.toggle("strange", is(input.value)));
  strange("kind", (value) => !kinds.includes(value));
  strange("companion", (value) => value !== "null" && !companions.includes(value));
  strange("colour", (value) => pairs.includes(value));
  $("#fact-colour legend span").textContent = `: ${named(text, "colour", scene.colour)}`;
  $(`#models [value=${model}]`).checked = true;
  const { low, high } = about.models[model].truth;
  $("#says").replaceChildren(`${text.about[model]} ${fill(text.truth, { low, high })} `, fill(about.models[model].looks ? text.has_look : text.no_look, { model: text.model[model] }));
}

function described() {
  const facts = { ...scene, ...(scene.count > 1 && { side: null, companion: null }) };
  const parts = ASKED.filter((name) => facts[name] !== null).map((name) => fill(text.is, { fact: text.fact[name], value: named(text, name, facts[name]) }));
  return fill(text.picture, { facts: parts.join(" ") });
}

function change(facts) {
  const kept = Object.fromEntries(Object.entries(facts).filter(([name]) => name in FIRST));
  scene = { ...scene, ...kept, side: kept.side ?? scene.side };
  ask();
}

function play() {
  const stop = playing !== undefined;
  clearInterval(playing);
  playing = undefined;
  $("#play").textContent = stop ? "▶" : "■";
  $("#play").setAttribute("aria-label", stop ? text.play : text.stop);
  if (stop) return point((pinned = null));
  const here = question;
  point((pinned = 0));
  playing = setInterval(() => {
    if (here !== question || pinned === null || pinned >= said[model].words.length) return here === question ? play() : (clearInterval(playing), (playing = undefined));
    point((pinned += 1));
  }, PACE);
}

$("#facts").addEventListener("change", ({ target }) => {
  change({ [target.name]: choices.facts[target.name].find((value) => String(value) === target.value) });
});
$("#models").addEventListener("change", ({ target }) => choose(target.value));
$("#surprise").onclick = () => worker.postMessage({ surprise: true });
$("#again").onclick = () => change({ seed: Math.floor(Math.random() * 1e6) });
$("#forget").onclick = () => {
  localStorage.removeItem(KEY);
  tally = {};
  counted();
};
$("#share").onclick = async () => {
  const done = (what) => ($("#shared").textContent = what);
  if (navigator.share) return navigator.share({ title: text.title, url: location.href }).catch(() => {});
  await navigator.clipboard?.writeText(location.href).then(() => done(text.copied), () => done(text.link)) ?? done(text.link);
};
$("#inside").addEventListener("toggle", () => askInside());
addEventListener("hashchange", () => (fromAddress(), ask()));

const words = () => [...$("#caption").querySelectorAll("button:not(#play)")];
const wordOf = (target) => words().indexOf(target.closest("#caption button"));
$("#caption").addEventListener("click", ({ target }) => {
  if (target.id === "play") return play();
  const t = wordOf(target);
  if (t >= 0) point((pinned = pinned === t ? null : t));
});
for (const [name, leaves] of [["pointerover", false], ["pointerout", true], ["focusin", false], ["focusout", true]]) {
  $("#caption").addEventListener(name, ({ target, pointerType }) => {
    if (pointerType !== "touch" && wordOf(target) >= 0) point(leaves ? pinned : wordOf(target));
  });
}
$("#caption").addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === "Escape") point((pinned = null));
  if (!step || wordOf(event.target) < 0) return;
  event.preventDefault();
  const next = words()[wordOf(event.target) + step];
  if (!next) return;
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});

// On a phone the scene stays above the controls: what is jumped to comes to stand below it.
new ResizeObserver(([{ target }]) => document.documentElement.style.setProperty("--stage", `${target.offsetHeight}px`)).observe($("#stage"));

document.querySelectorAll("[data-text]").forEach((element) => (element.textContent = text[element.dataset.text]));
document.querySelectorAll("[data-label]").forEach((element) => element.setAttribute("aria-label", text[element.dataset.label]));
document.title = text.title;
model = "rnn";
fromAddress();
controls();
if (ASKED.every((name) => scene[name] === FIRST[name]) && scene.seed === FIRST.seed) first();
worker.postMessage({ start: model, about });
ask(false);
