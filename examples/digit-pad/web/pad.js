import { load, where } from "./model.js";

const at = (id) => document.getElementById(id);
const pad = at("pad");
/** Pixels along a side of what the network is shown; it has it cut out, scaled and centred. */
const SIDE = 140;
/** Of a side. */
const STROKE = 0.075;

/** Lists of points, of a side. */
let strokes = [];
let predict = null;
let isAsking = false;
let isStale = false;

const shown = document.createElement("canvas");
shown.width = shown.height = SIDE;
const ink = shown.getContext("2d", { willReadFrequently: true });

const rows = Array.from({ length: 10 }, (_, digit) => {
  const row = document.createElement("li");
  row.innerHTML = `<b>${digit}</b><div class="bar"><i></i></div><span>0.0 %</span>`;
  at("shares").append(row);
  return row;
});

function paint(context, color, background) {
  const side = context.canvas.width;
  context.fillStyle = background;
  context.fillRect(0, 0, side, side);
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = STROKE * side;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) {
    context.beginPath();
    // A line of no length draws nothing, and a point is to be a dot.
    context.moveTo(stroke[0][0] * side - 0.01, stroke[0][1] * side);
    for (const [x, y] of stroke) context.lineTo(x * side, y * side);
    context.stroke();
  }
}

function draw() {
  const style = getComputedStyle(document.documentElement);
  paint(pad.getContext("2d"), style.getPropertyValue("--ink"), style.getPropertyValue("--raised"));
  at("undo").disabled = at("clear").disabled = strokes.length === 0;
}

function show(shares) {
  const best = shares ? shares.indexOf(Math.max(...shares)) : -1;
  rows.forEach((row, digit) => {
    const percent = 100 * (shares ? shares[digit] : 0);
    row.classList.toggle("best", digit === best);
    row.querySelector("i").style.width = `${percent}%`;
    row.querySelector("span").textContent = `${percent.toFixed(1)} %`;
  });
  at("digit").textContent = shares ? best : "–";
  at("sure").textContent = shares ? `${(100 * shares[best]).toFixed(1)} % sure` : "nothing drawn yet";
  at("sure").className = "";
}

function pixels() {
  paint(ink, "#fff", "#000");
  return ink.getImageData(0, 0, SIDE, SIDE).data.filter((_, place) => place % 4 === 0);
}

/** Asks once at a time, and again for what has come meanwhile. */
async function ask() {
  isStale = true;
  if (isAsking || !predict) return;
  isAsking = true;
  while (isStale) {
    isStale = false;
    try {
      const shares = strokes.length ? Array.from(await predict(pixels(), SIDE, SIDE)) : null;
      show(strokes.length ? shares : null);
    } catch (error) {
      at("sure").textContent = error.message;
      at("sure").className = "error";
    }
  }
  isAsking = false;
}

function change() {
  draw();
  ask();
}

function point(event) {
  const { left, top, width, height } = pad.getBoundingClientRect();
  return [(event.clientX - left) / width, (event.clientY - top) / height];
}

pad.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !event.isPrimary) return;
  event.preventDefault();
  pad.setPointerCapture(event.pointerId);
  strokes.push([point(event)]);
  change();
});
pad.addEventListener("pointermove", (event) => {
  if (!pad.hasPointerCapture(event.pointerId)) return;
  const own = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  strokes[strokes.length - 1].push(...(own.length ? own : [event]).map(point));
  change();
});
at("undo").addEventListener("click", () => {
  strokes.pop();
  change();
});
at("clear").addEventListener("click", () => {
  strokes = [];
  change();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

draw();
at("where").textContent = where;
try {
  predict = await load();
  at("lead").textContent = "Draw a digit with mouse or finger.";
  document.documentElement.dataset.ready = "yes";
  if (strokes.length) ask();
} catch (error) {
  at("lead").textContent = `The network could not be loaded: ${error.message}`;
  at("lead").classList.add("error");
}
