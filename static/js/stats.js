// Charts of the page of statistics. The server has drawn them, with a link for each bar; that stays for those who listen, on paper and where
// colours are forced. Over it uPlot lays a chart of the same shape, which tells the values under the pointer and lets a range be drawn. It is
// hidden from those who listen, since all it says stands in the links, and it takes its colours from the page.

const foot = 190; // where bars stand, as in views/component/chart.go
const room = 182; // how high the scale is

// colourOf reads what a class or an element of the page looks like now.
function colourOf(box, name) {
  const probe = document.createElement("i");
  probe.className = name;
  box.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function read(box) {
  const bars = [...box.querySelectorAll(".chart > a")].map((link) => ({
    link, label: link.dataset.label, count: Number(link.dataset.count), before: Number(link.dataset.before),
    parts: link.dataset.parts.split(" ").map(Number),
  }));
  const keys = box.dataset.keys.split(" ");
  const words = [...(box.previousElementSibling?.querySelectorAll?.("li") ?? [])].map((item) => item.textContent.trim());
  return { bars, keys, words: keys.length > 1 ? words : [], other: box.dataset.other, top: Number(box.dataset.top), step: Number(box.dataset.step), fill: Number(box.dataset.fill) };
}

function look(box, chart) {
  const svg = box.querySelector(".chart");
  const of = (selector, property) => getComputedStyle(svg.querySelector(selector) ?? svg)[property];
  const text = getComputedStyle(svg.querySelector("text"));
  return {
    keys: chart.keys.map((key) => colourOf(box, key)), grid: of(".grid", "stroke"), base: of(".base", "stroke"), ink: of(".prev", "stroke"), page: getComputedStyle(document.body).backgroundColor,
    text: text.fill, font: text.fontFamily,
  };
}

// pieces builds the path of one part of all bars, a pixel apart from the one below.
function pieces(chart, key) {
  return (u) => {
    const ratio = devicePixelRatio;
    const { left, top, width } = u.bbox;
    const slot = width / chart.bars.length;
    const fill = new Path2D();
    chart.bars.forEach((bar, i) => {
      let at = foot;
      let sum = 0;
      bar.parts.forEach((n, k) => {
        if (n <= 0) return;
        sum += n;
        const y = Math.min(foot - Math.round((sum * room) / chart.top), at - 2);
        const x = Math.round(left + slot * (i + (1 - chart.fill) / 2));
        if (k === key) fill.rect(x, top + y * ratio, Math.max(1, Math.round(left + slot * (i + (1 + chart.fill) / 2)) - x), (at - y - 1) * ratio);
        at = y;
      });
    });
    return { stroke: null, fill, clip: null, flags: 0 };
  };
}

function horizontal(u, y, colour, weight = 1) {
  const ratio = devicePixelRatio;
  const { left, top, width } = u.bbox;
  u.ctx.fillStyle = colour;
  u.ctx.fillRect(left, top + y * ratio, width, weight * ratio);
}

// marks draws what the SVG has besides bars: the period before, the foot, the words.
function marks(u, chart, colours, svg) {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const slot = bbox.width / chart.bars.length;
  horizontal(u, foot, colours.base);
  if (chart.other) {
    for (const [colour, weight] of [[colours.page, 4], [colours.ink, 2]]) {
      ctx.fillStyle = colour;
      chart.bars.forEach((bar, i) => {
        if (bar.before > 0) ctx.fillRect(bbox.left + slot * (i + 0.1), bbox.top + (foot - Math.round((bar.before * room) / chart.top) - weight / 2) * ratio, slot * 0.8, weight * ratio);
      });
    }
  }
  ctx.fillStyle = colours.text;
  ctx.font = `400 ${11 * ratio}px ${colours.font}`;
  ctx.textBaseline = "alphabetic";
  for (const word of svg.querySelectorAll("text")) {
    if (getComputedStyle(word).display === "none") continue;
    ctx.textAlign = { middle: "center", end: "right" }[word.getAttribute("text-anchor")] ?? "left";
    const x = bbox.left + (parseFloat(word.getAttribute("x")) / 100) * bbox.width + Number(word.getAttribute("dx") ?? 0) * ratio;
    ctx.fillText(word.textContent, x, bbox.top + Number(word.getAttribute("y")) * ratio);
  }
}

// rangeOf is this page for the time from one bar to another.
function rangeOf(chart, from, to) {
  const ends = [from, to].map((i) => new URL(chart.bars[i].link.getAttribute("href"), location.href).searchParams);
  const here = new URL(location.href);
  here.searchParams.set("start_date", ends[0].get("start_date"));
  here.searchParams.set("end_date", ends[1].get("end_date"));
  here.searchParams.delete("interval");
  here.hash = "";
  return here.href;
}

function line(name, colour, value) {
  const row = document.createElement("p");
  if (colour) {
    const mark = document.createElement("i");
    mark.className = colour;
    row.append(mark);
  }
  for (const text of [name, value]) {
    const word = document.createElement("span");
    word.textContent = text;
    row.append(word);
  }
  return row;
}

// tipFor says what a bar says.
function tipFor(chart, bar) {
  const rows = [line(bar.label, "", bar.count.toLocaleString("en"))];
  chart.words.slice(0, chart.keys.length).forEach((word, k) => {
    if (bar.parts[k] > 0) rows.push(line(word, chart.keys[k], bar.parts[k].toLocaleString("en")));
  });
  if (chart.other) rows.push(line(chart.other, "k-prev", bar.before.toLocaleString("en")));
  return rows;
}

// enhance lays the living chart over a drawn one.
function enhance(box) {
  const chart = read(box);
  if (chart.bars.length === 0 || typeof uPlot === "undefined") return;
  const svg = box.querySelector(".chart");
  const live = document.createElement("div");
  live.className = "chart-live";
  live.setAttribute("aria-hidden", "true");
  const tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;
  const here = document.createElement("div");
  here.className = "chart-at";
  here.hidden = true;

  let colours = look(box, chart);
  const right = parseFloat(getComputedStyle(svg).paddingInlineEnd);
  const u = new uPlot({
    width: box.clientWidth, height: box.clientHeight, padding: [0, right, box.clientHeight - foot, 0], legend: { show: false },
    scales: { x: { time: false, range: [-0.5, chart.bars.length - 0.5] }, y: { range: [0, (chart.top * foot) / room] } },
    axes: [{ show: false }, { show: false }],
    series: [{}, ...chart.keys.map((_, k) => ({ fill: () => colours.keys[k], paths: pieces(chart, k), points: { show: false } }))],
    cursor: { x: false, y: false, points: { show: false }, drag: { x: true, y: false, dist: 6, setScale: false } },
    hooks: {
      drawClear: [() => { for (let v = chart.step; v <= chart.top; v += chart.step) horizontal(u, foot - Math.round((v * room) / chart.top), colours.grid); }],
      draw: [() => marks(u, chart, colours, svg)],
      setCursor: [() => show(barAt(u.cursor.left), false)],
      setSelect: [() => choose()],
    },
  }, [chart.bars.map((_, i) => i), ...chart.keys.map((_, k) => chart.bars.map((bar) => bar.parts[k] ?? 0))], (self, init) => {
    live.append(self.root);
    box.append(live, tip);
    queueMicrotask(() => self.over.append(here));
    init();
  });

  const slot = () => u.over.clientWidth / chart.bars.length;
  const barAt = (x) => (x < 0 ? -1 : Math.min(chart.bars.length - 1, Math.floor(x / slot())));

  function show(i, focused) {
    tip.hidden = here.hidden = i < 0;
    if (i < 0) return;
    here.classList.toggle("is-focus", focused);
    here.style.left = `${i * slot()}px`;
    here.style.width = `${slot()}px`;
    tip.replaceChildren(...tipFor(chart, chart.bars[i]));
    const left = (i + 1) * slot() + 8;
    tip.style.left = `${left + tip.offsetWidth > box.clientWidth ? Math.max(0, i * slot() - 8 - tip.offsetWidth) : left}px`;
  }

  let drawn = false;
  function choose() {
    const { left, width } = u.select;
    if (width <= 0) return;
    drawn = true;
    location.assign(rangeOf(chart, barAt(left), barAt(left + width - 0.01)));
  }

  let touched = -1; // under a finger the first touch tells, the second opens
  u.over.addEventListener("click", (event) => {
    const i = barAt(event.offsetX);
    if (drawn || i < 0) return;
    if (event.pointerType === "touch" && touched !== i) touched = i;
    else location.assign(chart.bars[i].link.href.baseVal ?? chart.bars[i].link.getAttribute("href"));
  });

  keyboard(chart, show, (from, to) => u.setSelect({ left: from * slot(), top: 0, width: (to - from + 1) * slot(), height: foot }, false), () => u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false));
  new ResizeObserver(() => u.setSize({ width: box.clientWidth, height: box.clientHeight })).observe(box);
  const recolour = () => {
    colours = look(box, chart);
    u.redraw(false);
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

// keyboard makes one stop of all bars: arrows move, with Shift they choose a range, Enter opens what is chosen.
function keyboard(chart, show, select, clear) {
  const links = chart.bars.map((bar) => bar.link);
  let at = links.length - 1;
  let since = -1; // where a range begins
  const stop = () => links.forEach((link, i) => link.setAttribute("tabindex", i === at ? "0" : "-1"));
  stop();
  links.forEach((link, i) => {
    link.addEventListener("focus", () => {
      at = i;
      stop();
      show(i, true);
    });
    link.addEventListener("blur", () => show(-1, false));
    link.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: links.length - 1 }[event.key];
      if (event.key === "Enter" && since >= 0) {
        event.preventDefault();
        location.assign(rangeOf(chart, Math.min(since, at), Math.max(since, at)));
      } else if (event.key === "Escape" || (to !== undefined && !event.shiftKey)) {
        since = -1;
        clear();
      }
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (event.shiftKey && since < 0) since = at;
      links[Math.max(0, Math.min(links.length - 1, to))].focus({ preventScroll: true });
      if (since >= 0) select(Math.min(since, at), Math.max(since, at));
    });
  });
}

// rove makes one stop of the links of a table: arrows go on to the next cell that has one, as the table lies on this screen.
function rove(table) {
  const cells = [...table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")].map((cell) => cell.querySelector("a")));
  const links = cells.flat().filter(Boolean);
  const stop = (on) => links.forEach((link) => link.setAttribute("tabindex", link === on ? "0" : "-1"));
  if (links.length > 0) stop(links[0]);
  table.addEventListener("focusin", (event) => links.includes(event.target) && stop(event.target));
  table.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const row = cells.findIndex((each) => each.includes(event.target));
    if (!step || row < 0) return;
    if (getComputedStyle(table).display === "grid") step.reverse();
    event.preventDefault();
    for (let r = row + step[0], c = cells[row].indexOf(event.target) + step[1]; cells[r] && c >= 0 && c < cells[r].length; r += step[0], c += step[1]) {
      if (!cells[r][c]) continue;
      cells[r][c].focus();
      return;
    }
  });
}

for (const box of document.querySelectorAll("[data-chart]")) enhance(box);
for (const table of document.querySelectorAll("[data-rove]")) rove(table);
