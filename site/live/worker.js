// Runs the course's Python away from the page, so that the page never waits. See live.py for what is asked.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const PACKED = "pyodide.asm.wasm"; // lies in the site packed with gzip
const RESULTS = "/course/datasets/scenes/results/";
const here = new URL("./", self.location);
let about, python, live, started, latest = 0, done = 0;
const there = {}; // files of weights that have come, or are on their way

const reallyFetch = self.fetch;
self.fetch = async (what, options) => {
  const packed = String(what.url ?? what).endsWith(PACKED);
  const answer = await (packed ? reallyFetch(`${what.url ?? what}.gzip`) : reallyFetch(what, options));
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  const counter = new TransformStream({
    transform(chunk, out) {
      done += chunk.length;
      if (!live) self.postMessage({ done });
      out.enqueue(chunk);
    },
  });
  const bytes = answer.body.pipeThrough(counter);
  return packed
    ? new Response(bytes.pipeThrough(new DecompressionStream("gzip")), { headers: { "Content-Type": "application/wasm" } })
    : new Response(bytes, { headers: answer.headers });
};

async function bytesOf(file) {
  return (await fetch(new URL(file, here))).arrayBuffer();
}

function weights(file) {
  return (there[file] ??= bytesOf(`weights/${file}`).then((bytes) => python.FS.writeFile(RESULTS + file, new Uint8Array(bytes))));
}

async function start(model) {
  const first = [bytesOf(about.wheel), bytesOf(`weights/${about.models[model].weights}`)];
  python = await loadPyodide({ indexURL: new URL("pyodide/", here).href, packages: ["numpy"], checkIntegrity: false });
  self.postMessage({ starting: true });
  python.unpackArchive(await first[0], "wheel", { extractDir: "/course" });
  python.FS.mkdirTree(RESULTS);
  const file = about.models[model].weights;
  there[file] = first[1].then((bytes) => python.FS.writeFile(RESULTS + file, new Uint8Array(bytes)));
  await there[file];
  python.runPython("import sys; sys.path.insert(0, '/course')");
  live = python.pyimport("live");
  self.postMessage({ ready: true });
}

function bytesFrom(proxy) {
  const bytes = proxy.toJs();
  proxy.destroy();
  return bytes;
}

const pause = () => new Promise((go) => setTimeout(go));

// The picture, what the chosen model says and where it looks, then what the others say; a newer question ends it.
async function show({ id, facts, model, size }) {
  const picture = bytesFrom(live.paint(facts, size));
  self.postMessage({ id, picture, size }, [picture.buffer]);
  for (const each of [model, ...Object.keys(about.models).filter((other) => other !== model)]) {
    await weights(about.models[each].weights);
    await pause();
    if (latest !== id) return;
    self.postMessage({ id, model: each, said: JSON.parse(live.say(facts, each)) });
    if (each === model) self.postMessage({ id, model, looks: bytesFrom(live.looks(facts, model)) });
  }
  self.postMessage({ id, all: true });
}

async function look({ id, facts, model, head = [] }) {
  await weights(about.models[model].weights);
  if (latest === id) self.postMessage({ id, model, looks: bytesFrom(live.looks(facts, model, ...head)) });
}

async function inside({ id, facts, model }) {
  await weights("probes.npz");
  if (latest === id) self.postMessage({ id, model, inside: JSON.parse(live.inside(facts, model)) });
}

self.onmessage = async ({ data }) => {
  try {
    if (data.start) await (started = ((about = data.about), start(data.start)));
    else await started;
    if (data.start) return;
    if (data.surprise) self.postMessage({ scene: JSON.parse(live.surprise()) });
    else if (data.inside) await inside(data);
    else if (data.look) await look(data);
    else {
      latest = data.id;
      await pause(); // a newer question may be waiting
      if (latest === data.id) await show(data);
    }
  } catch (error) {
    self.postMessage({ error: String(error.message ?? error).trim().split("\n").pop() });
  }
};
