"use strict";

// Everything is written as text, never as HTML: descriptions and answers may hold anything.

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"];

let api = {};

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function resolve(object) {
  if (!object || !object.$ref) return object;
  const keys = object.$ref.replace(/^#\//, "").split("/");
  return keys.reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], api);
}

// A schema in the manner of a type declaration. A name that is being described already is written as its name.
function shape(schema, indent = "", inside = []) {
  if (schema === undefined || schema === true) return "any";
  if (schema === false) return "never";
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return inside.includes(name) ? name : shape(resolve(schema), indent, [...inside, name]);
  }
  const union = schema.oneOf ?? schema.anyOf;
  if (union) return union.map((part) => shape(part, indent, inside)).join(" | ");
  if (schema.allOf) return schema.allOf.map((part) => shape(part, indent, inside)).join(" & ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  const types = [schema.type ?? (schema.properties ? "object" : "any")].flat();
  return types.map((type) => shapeOfType(type, schema, indent, inside)).join(" | ");
}

function shapeOfType(type, schema, indent, inside) {
  if (type === "array") {
    const item = resolve(schema.items) ?? {};
    const compound = item.oneOf || item.anyOf || item.allOf || item.enum || Array.isArray(item.type);
    const text = shape(schema.items, indent, inside);
    return compound ? `(${text})[]` : `${text}[]`;
  }
  if (type !== "object") return schema.format && type !== "null" ? `${type} <${schema.format}>` : type;
  const deeper = `${indent}  `;
  const lines = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const mark = (schema.required ?? []).includes(name) ? "" : "?";
    const note = property.description ? `  // ${property.description.split("\n")[0]}` : "";
    return `${deeper}${name}${mark}: ${shape(property, deeper, inside)}${note}`;
  });
  if (schema.additionalProperties) {
    lines.push(`${deeper}[name]: ${shape(schema.additionalProperties === true ? undefined : schema.additionalProperties, deeper, inside)}`);
  }
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${indent}}`;
}

function contents(content) {
  return Object.entries(content ?? {}).flatMap(([type, media]) => [
    make("p", { class: "faint" }, type),
    make("pre", {}, shape(resolve(media).schema)),
  ]);
}

function parametersTable(parameters) {
  const rows = parameters.map((parameter) => make("tr", {},
    make("td", {}, make("code", {}, parameter.name), parameter.required ? " (required)" : ""),
    make("td", {}, parameter.in),
    make("td", {}, make("code", {}, shape(parameter.schema))),
    make("td", {}, parameter.description ?? "")));
  const head = ["name", "in", "type", "meaning"].map((text) => make("th", { scope: "col" }, text));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
}

// The address of a request. A parameter left empty is left out; in the path it stays empty.
function address(path, parameters, values) {
  const query = new URLSearchParams();
  let filled = path;
  for (const { name, in: place } of parameters) {
    const value = values.get(`${place}:${name}`) ?? "";
    if (place === "path") filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    if (place === "query" && value !== "") query.append(name, value);
  }
  const text = query.toString();
  return text ? `${filled}?${text}` : filled;
}

async function request(url) {
  const response = await fetch(url, { headers: { Accept: "application/json, */*" } });
  const text = await response.text();
  let body = text;
  if (/json/.test(response.headers.get("content-type") ?? "")) {
    try { body = JSON.stringify(JSON.parse(text), null, 2); } catch { /* Shown as it came. */ }
  }
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return `${response.status} ${response.statusText}\n${headers}\n\n${body}`;
}

function tryForm(path, parameters, id) {
  const output = make("pre", { hidden: "" });
  const fields = parameters.filter((parameter) => ["path", "query"].includes(parameter.in)).flatMap((parameter, index) => {
    const input = make("input", { id: `${id}-${index}`, name: `${parameter.in}:${parameter.name}` });
    if (parameter.required) input.setAttribute("required", "");
    return [make("label", { for: `${id}-${index}` }, parameter.name), input];
  });
  const form = make("form", {}, ...fields, make("button", {}, "Send"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const url = address(path, parameters, new FormData(form));
    output.hidden = false;
    output.textContent = `GET ${url} …`;
    const answer = await request(url).catch((error) => `No answer: ${error.message}`);
    output.textContent = `GET ${url}\n\n${answer}`;
  });
  return [make("h3", {}, "Try it"), form, output];
}

function operationView(path, method, item, operation) {
  const id = `op-${operation.operationId ?? `${method}-${path}`}`;
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
  const input = resolve(operation.requestBody);
  const parts = [];
  if (operation.description) parts.push(make("p", {}, operation.description));
  if (parameters.length > 0) parts.push(make("h3", {}, "Parameters"), parametersTable(parameters));
  if (input) parts.push(make("h3", {}, input.required ? "Body (required)" : "Body"), ...contents(input.content));
  parts.push(make("h3", {}, "Responses"));
  for (const [status, reference] of Object.entries(operation.responses ?? {})) {
    const response = resolve(reference);
    const body = contents(response.content);
    parts.push(make("p", {}, make("code", {}, status), ` ${response.description ?? ""}`));
    // What many operations share is folded away, so that an operation's own answers stand out.
    parts.push(...(reference.$ref ? [make("details", {}, make("summary", {}, "Body"), make("div", {}, ...body))] : body));
  }
  if (method === "get") parts.push(...tryForm(path, parameters, id));
  const summary = make("summary", {},
    make("span", { class: `method ${method}` }, method), make("span", { class: "path" }, path),
    make("span", { class: "faint" }, ` ${operation.summary ?? ""}`));
  const view = make("details", { id, class: operation.deprecated ? "deprecated" : "" }, summary, make("div", {}, ...parts));
  view.words = `${method} ${path} ${operation.summary ?? ""} ${(operation.tags ?? []).join(" ")}`.toLowerCase();
  return view;
}

function groups() {
  const found = new Map();
  for (const [path, item] of Object.entries(api.paths ?? {})) {
    for (const method of METHODS.filter((name) => item[name])) {
      const operation = item[method];
      const tag = operation.tags?.[0] ?? "other";
      if (!found.has(tag)) found.set(tag, []);
      found.get(tag).push(operationView(path, method, item, operation));
    }
  }
  return [...found].sort(([left], [right]) => left.localeCompare(right));
}

function show() {
  const title = `${api.info.title} ${api.info.version}`;
  document.title = title;
  document.getElementById("title").textContent = title;
  document.getElementById("about").textContent = api.info.description ?? "";
  const sections = groups().map(([tag, views]) => make("section", {}, make("h2", {}, tag), ...views));
  document.getElementById("operations").replaceChildren(...sections);
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) { target.open = true; target.scrollIntoView(); }
}

function filter(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll("section")) {
    const views = [...section.querySelectorAll(":scope > details")];
    for (const view of views) view.hidden = !words.every((word) => view.words.includes(word));
    section.hidden = views.every((view) => view.hidden);
  }
}

async function start() {
  document.getElementById("filter").addEventListener("input", (event) => filter(event.target.value));
  try {
    api = await (await fetch("/openapi.json")).json();
    show();
  } catch (error) {
    document.getElementById("operations").textContent = `The API cannot be shown: ${error.message}`;
  }
}

start();
