"use strict";

const at = (id) => document.getElementById(id);
const MOST_SHOWN = 20;
let token = null;
let model = null;
/** Gives the type and the body of what is asked. */
let question = null;

function make(tag, attributes, ...inner) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...inner);
  return made;
}

function send(address, options = {}) {
  const headers = { ...options.headers };
  if (token) headers.authorization = `Bearer ${token}`;
  return fetch(address, { ...options, headers });
}

function askForPicture(place) {
  const input = make("input", { id: "file", type: "file", accept: "image/png,image/jpeg" });
  const picture = make("img", { id: "picture", alt: "the chosen picture", hidden: "" });
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (!file) return;
    URL.revokeObjectURL(picture.src);
    picture.src = URL.createObjectURL(file);
    picture.hidden = false;
    ask();
  });
  place.append(make("label", { for: "file" }, "A picture of one digit, PNG or JPEG"), input, picture);
  question = () => {
    const [file] = input.files;
    if (!file) throw new Error("Choose a picture first.");
    return [file.type || "application/octet-stream", file];
  };
}

function askForCells(place) {
  const fields = make("div", { class: "fields" });
  const inputs = model.features.map(({ name, categories }, index) => {
    const id = `field-${index}`;
    const input = make("input", categories ? { id, autocomplete: "off" } : { id, inputmode: "decimal", autocomplete: "off" });
    const field = make("div", {}, make("label", { for: id }, name), input);
    if (categories && categories.length) {
      input.setAttribute("list", `${id}-list`);
      field.append(make("datalist", { id: `${id}-list` }, ...categories.map((own) => make("option", { value: own }))));
    }
    fields.append(field);
    return [name, input, categories];
  });
  place.append(fields);
  question = () => {
    const row = {};
    for (const [name, input, categories] of inputs) {
      const text = input.value.trim();
      const number = text === "" ? null : Number(text);
      row[name] = categories ? text || null : Number.isNaN(number) ? text : number;
    }
    return ["application/json", JSON.stringify({ rows: [row] })];
  };
}

function askForTexts(place) {
  const input = make("textarea", { id: "texts", placeholder: "A text on each line" });
  place.append(make("label", { for: "texts" }, "Texts, one on each line"), input);
  question = () => {
    const texts = input.value.split("\n").filter((text) => text.trim() !== "");
    return ["application/json", JSON.stringify({ texts })];
  };
}

function askForNumbers(place) {
  const zeros = (shape) => Array(shape.reduce((product, side) => product * side, 1)).fill(0);
  const [first] = model.inputs;
  const row = model.inputs.length === 1 ? zeros(first.shape) : Object.fromEntries(model.inputs.map((own) => [own.name, zeros(own.shape)]));
  const input = make("textarea", { id: "rows", spellcheck: "false" });
  input.value = JSON.stringify([row]);
  place.append(make("label", { for: "rows" }, "Rows of numbers, as JSON"), input);
  question = () => ["application/json", `{"rows": ${input.value}}`];
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function classes(said, names) {
  const order = said.probabilities.map((share, index) => [share, index]);
  if (order.length > MOST_SHOWN) order.sort(([a], [b]) => b - a).splice(MOST_SHOWN);
  const nameOf = (index) => (names && names[index] !== undefined ? names[index] : String(index));
  const longest = Math.max(...order.map(([, index]) => nameOf(index).length));
  at("answer").style.setProperty("--name", `${Math.min(14, longest + 1)}ch`);
  return order.map(([share, index]) => {
    const fill = make("i", {});
    fill.style.width = `${100 * share}%`;
    return make("div", { class: index === said.index ? "row best" : "row" }, make("b", {}, nameOf(index)), make("div", { class: "bar" }, fill), make("span", {}, percent(share)));
  });
}

function values(said) {
  const named = Array.isArray(said.values) ? said.values.map((value, index) => [String(index), value]) : Object.entries(said.values);
  const rows = named.slice(0, 5 * MOST_SHOWN).map(([name, value]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, String(value))));
  return [make("table", {}, make("tbody", {}, ...rows))];
}

function outputs(prediction) {
  const of = (said, output) => (said.probabilities ? classes(said, output.classes) : values(said));
  if (model.outputs.length === 1) return of(prediction, model.outputs[0]);
  return model.outputs.flatMap((output) => [make("h3", {}, output.name), ...of(prediction[output.name], output)]);
}

function show(predictions) {
  const shown = predictions.slice(0, MOST_SHOWN).flatMap((prediction, index) =>
    predictions.length === 1 ? outputs(prediction) : [make("h3", {}, `${index + 1}`), ...outputs(prediction)]);
  at("answer").replaceChildren(...shown);
}

function complain(text) {
  at("answer").replaceChildren(make("p", { class: "error" }, text));
}

async function ask() {
  at("ask").disabled = true;
  try {
    const [type, body] = question();
    const answer = await send("/api/predict", { method: "POST", headers: { "content-type": type }, body });
    const said = await answer.json();
    at("raw").textContent = JSON.stringify(said, null, 1);
    if (answer.ok) show(said.predictions);
    else complain(said.error.message);
  } catch (error) {
    complain(error instanceof TypeError ? "The server does not answer." : error.message);
  } finally {
    at("ask").disabled = false;
  }
}

async function begin() {
  const answer = await send("/api/model");
  at("token").hidden = answer.status !== 401;
  if (answer.status === 401) return;
  model = await answer.json();
  const { name, takes } = model;
  document.title = `${name} · Firebrick`;
  at("name").textContent = name;
  at("lead").textContent = {
    pictures: "Show it a picture of a digit.",
    table: "Tell it a row of the table.",
    texts: "Tell it some texts.",
    rows: "Tell it some numbers.",
  }[takes];
  at("fields").replaceChildren();
  ({ pictures: askForPicture, table: askForCells, texts: askForTexts, rows: askForNumbers })[takes](at("fields"));
  at("main").hidden = false;
}

at("token").addEventListener("submit", (event) => {
  event.preventDefault();
  token = at("secret").value.trim();
  begin();
});
at("question").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
begin();
