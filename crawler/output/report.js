// What a page can do with script: charts whose values are read by pointing at them, and tables that sort and filter.
"use strict";

document.documentElement.classList.add("js");

// The values of a chart's series where the pointer is.
class Reading {
  #chart;
  #series;
  #cursor;
  #words;

  constructor(chart) {
    this.#chart = chart;
    this.#series = Array.from(chart.querySelectorAll(".series"), Reading.#read).filter(({ points }) => points.length);
    this.#cursor = document.createElementNS("http://www.w3.org/2000/svg", "line");
    this.#cursor.classList.add("cursor");
    this.#words = document.createElement("div");
    this.#words.className = "reading";
    this.#words.ariaHidden = "true";
    this.#hide();
    chart.append(this.#cursor);
    chart.after(this.#words);
    // The title would come up over the chart as a hint of its own.
    chart.ariaLabel = chart.querySelector("title").textContent;
    chart.querySelector("title").remove();
    chart.parentNode.addEventListener("pointermove", (event) => this.#show(event.clientX));
    chart.parentNode.addEventListener("pointerleave", () => this.#hide());
  }

  // The points are those of the line: areas have them twice.
  static #read(group) {
    const places = group.querySelector(".line").getAttribute("d").matchAll(/[ML]([\d.]+),/g);
    const [x, y] = [group.dataset.x.split("|"), group.dataset.y.split("|")];
    const points = Array.from(places, ([, left], i) => ({ left: left / 1000, x: x[i], y: y[i] }));
    return { name: group.dataset.name, colour: group.classList[1], points };
  }

  #hide() {
    this.#cursor.style.display = "none";
    this.#words.hidden = true;
  }

  #show(client_x) {
    if (!this.#series.length)
      return;
    const box = this.#chart.getBoundingClientRect(), wanted = (client_x - box.left) / box.width;
    const nearest = (points) => points.reduce((best, point) =>
      Math.abs(point.left - wanted) < Math.abs(best.left - wanted) ? point : best);
    const { left, x } = nearest(this.#series[0].points);
    const lines = this.#series.map(({ name, colour, points }) => Reading.#line(name, colour, nearest(points)));
    this.#cursor.setAttribute("x1", `${100 * left}%`);
    this.#cursor.setAttribute("x2", `${100 * left}%`);
    this.#cursor.setAttribute("y1", "0");
    this.#cursor.setAttribute("y2", "100%");
    this.#cursor.style.display = "";
    this.#words.replaceChildren(x, ...lines);
    this.#words.hidden = false;
    const place = this.#chart.parentNode.getBoundingClientRect(), at = box.left - place.left + left * box.width;
    const width = this.#words.offsetWidth;
    this.#words.style.left = `${left < 0.5 ? Math.min(at + 10, place.width - width) : Math.max(at - 10 - width, 0)}px`;
  }

  static #line(name, colour, { y }) {
    const line = document.createElement("div"), value = document.createElement("b");
    value.className = colour;
    value.textContent = y;
    line.append(value, ` ${name}`);
    return line;
  }
}

// Tables of URLs that sort and filter. Without this script they are plain tables with all rows. With it, only the rows in
// sight are in the document: the others wait outside, as they came.
class Finder {
  static SPARE = 12; // rows beyond each edge of what is in sight

  #scroll;
  #body;
  #rows; // as they came
  #shown; // their places in #rows, filtered and sorted
  #texts = []; // of each column that was sorted by, its keys; of the search, what is searched
  #searched = null;
  #sorted = { column: -1, descending: false };
  #height = 0; // of a row
  #first = -1;
  #last = -1;
  #columns;
  #search;
  #status;
  #count;

  constructor(finder) {
    this.#scroll = finder.querySelector(".scroll");
    this.#body = finder.querySelector("tbody");
    this.#rows = Array.from(this.#body.rows);
    this.#shown = this.#rows.map((_, place) => place);
    this.#search = finder.querySelector("input");
    this.#status = finder.querySelector("select");
    this.#count = finder.querySelector("output");
    this.#body.replaceChildren();
    const heads = finder.querySelectorAll("thead th");
    heads.forEach((head, column) => this.#make_button(head, column));
    this.#columns = heads.length;
    this.#search.addEventListener("input", () => this.#select());
    this.#status?.addEventListener("change", () => this.#select());
    this.#scroll.addEventListener("scroll", () => this.#draw(), { passive: true });
    addEventListener("resize", () => this.#draw(true));
    addEventListener("beforeprint", () => this.#fill(0, Math.min(this.#shown.length, 1000)));
    addEventListener("afterprint", () => this.#draw(true));
    finder.addEventListener("mouseover", ({ target }) => Finder.#name(target.closest("td")));
    finder.classList.add("ready");
    this.#tell();
    this.#draw(true);
  }

  // What is cut off is shown whole by pointing at it.
  static #name(cell) {
    if (cell && cell.scrollWidth > cell.clientWidth && !cell.title)
      cell.title = cell.textContent.trim();
  }

  #make_button(head, column) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => this.#sort(head, column, head.classList.contains("n")));
    head.append(button);
  }

  // Numbers sort as numbers, and what is none behind them.
  #keys(column, is_number) {
    if (!this.#texts[column]) {
      const texts = this.#rows.map((row) => row.cells[column].textContent.trim());
      this.#texts[column] = is_number
        ? Float64Array.from(texts, (text) => text === "" ? -1 : Number(text.replaceAll(",", "")))
        : texts;
    }
    return this.#texts[column];
  }

  #sort(head, column, is_number) {
    const again = this.#sorted.column === column;
    this.#sorted = { column, is_number, descending: again ? !this.#sorted.descending : is_number };
    for (const other of head.parentNode.cells)
      other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", this.#sorted.descending ? "descending" : "ascending");
    this.#order();
    this.#scroll.scrollTop = 0;
    this.#draw(true);
  }

  // Equal rows stay in the order in which they came.
  #order() {
    const { column, is_number, descending } = this.#sorted;
    if (column < 0)
      return;
    const keys = this.#keys(column, is_number), sign = descending ? -1 : 1;
    this.#shown.sort((a, b) => keys[a] < keys[b] ? -sign : keys[a] > keys[b] ? sign : a - b);
  }

  #select() {
    const wanted = this.#search.value.trim().toLowerCase(), status = this.#status?.value;
    this.#searched ??= this.#rows.map((row) => row.textContent.toLowerCase());
    const searched = this.#searched, rows = this.#rows, shown = [];
    for (let place = 0; place < rows.length; place++)
      if (searched[place].includes(wanted) && (!status || rows[place].cells[1].className === status))
        shown.push(place);
    this.#shown = shown;
    this.#order();
    this.#tell();
    this.#scroll.scrollTop = 0;
    this.#draw(true);
  }

  #tell() {
    const number = (n) => n.toLocaleString("en");
    const all = this.#rows.length, shown = this.#shown.length;
    this.#count.value = shown === all ? `${number(all)} URLs` : `${number(shown)} of ${number(all)} URLs`;
  }

  #gap(rows) {
    const gap = document.createElement("tr"), cell = gap.insertCell();
    gap.className = "gap";
    gap.ariaHidden = "true";
    cell.colSpan = this.#columns;
    cell.style.height = `${rows * this.#height}px`;
    return gap;
  }

  #nothing() {
    const row = document.createElement("tr"), cell = row.insertCell();
    row.className = "none";
    cell.colSpan = this.#columns;
    cell.textContent = "No URL matches.";
    return row;
  }

  #fill(first, last) {
    const rows = this.#shown.slice(first, last).map((place) => this.#rows[place]);
    rows.forEach((row, i) => row.ariaRowIndex = first + i + 2);
    if (!rows.length)
      rows.push(this.#nothing());
    if (first > 0)
      rows.unshift(this.#gap(first));
    if (last < this.#shown.length)
      rows.push(this.#gap(this.#shown.length - last));
    this.#body.parentNode.ariaRowCount = this.#shown.length + 1;
    this.#body.replaceChildren(...rows);
    [this.#first, this.#last] = [first, last];
  }

  #draw(is_new = false) {
    if (!this.#height && this.#rows.length) {
      this.#fill(0, 1);
      this.#height = this.#body.rows[0].getBoundingClientRect().height;
    }
    const sight = Math.ceil(this.#scroll.clientHeight / this.#height) || 0;
    const top = Math.floor(this.#scroll.scrollTop / this.#height) || 0;
    const first = Math.max(0, top - Finder.SPARE), last = Math.min(this.#shown.length, top + sight + Finder.SPARE);
    if (is_new || first < this.#first - Finder.SPARE / 2 || first > this.#first + Finder.SPARE / 2 || last > this.#last)
      this.#fill(first, last);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".chart").forEach((chart) => new Reading(chart));
  for (const finder of document.querySelectorAll(".finder"))
    new Finder(finder);
});
