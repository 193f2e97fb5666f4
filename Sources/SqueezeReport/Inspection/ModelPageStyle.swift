/// How a model's page looks and behaves.
enum ModelPageStyle {
  static let css = """
    <style>
    :root { --ground: #ffffff; --ink: #1f2430; --quiet: #667085; --line: #e3e7ee; --soft: #f4f6f9; \
    --bar: rgba(0, 114, 178, .18); --edge: #98a2b3 }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #14171f; --ink: #e6e8ee; --quiet: #98a2b3; --line: #2b3240; --soft: #1b202b; \
    --bar: rgba(74, 163, 223, .28); --edge: #5b6578 }
    }
    * { box-sizing: border-box }
    body { margin: 0; background: var(--ground); color: var(--ink); \
    font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif }
    header, section { max-width: 80rem; margin: 0 auto; padding: .5rem 1rem; min-width: 0 }
    main.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 36rem), 1fr)) }
    h1 { font-size: 1.5rem; margin: .5rem 0 0; overflow-wrap: anywhere }
    h2 { font-size: 1.15rem; margin: 1rem 0 .5rem; overflow-wrap: anywhere }
    h3 { font-size: 1rem; margin: 1.5rem 0 .5rem }
    main.alone h2 { display: none }
    .quiet { color: var(--quiet); margin: 0 0 .75rem }
    figure { margin: 0; max-width: 48rem }
    figure svg { width: 100%; height: auto }
    .tools { position: sticky; top: 0; background: var(--ground); padding: .5rem 0; margin: 0; z-index: 1; \
    display: flex; flex-wrap: wrap; gap: .5rem }
    input, button { font: inherit; color: inherit; background: var(--soft); border: 1px solid var(--line); \
    border-radius: .4rem; padding: .3rem .6rem }
    input { flex: 1 1 14rem; max-width: 26rem }
    .figures { display: flex; flex-wrap: wrap; gap: .75rem }
    .figures div { background: var(--soft); border-radius: .5rem; padding: .6rem 1rem }
    .figures b { display: block; font-size: 1.2rem; font-variant-numeric: tabular-nums }
    .figures span { color: var(--quiet); font-size: .8rem }
    .share { display: flex; align-items: center; gap: .75rem; margin: .3rem 0 }
    .share > span { width: 6.5rem; flex: none; color: var(--quiet); font-size: .85rem }
    .share > div { display: flex; flex: 1; min-width: 0; height: 1.7rem; border-radius: .3rem; overflow: hidden; gap: 1px }
    .share i { font-style: normal; font-size: .75rem; line-height: 1.7rem; padding-left: .4rem; color: #fff; \
    overflow: hidden; white-space: nowrap; min-width: 1px; flex-basis: 0 }
    .t0 { --t: #0072b2 } .t1 { --t: #d55e00 } .t2 { --t: #00805e } .t3 { --t: #9a5b8a } .t4 { --t: #8a6d00 } \
    .t5 { --t: #3d6f9e } .t6 { --t: #a34a28 } .t7 { --t: #566b2f } .t8 { --t: #6b5b95 } .t9 { --t: #667085 }
    .share i { background: var(--t) }
    circle.dot { fill: var(--t) }
    path.edge { fill: none; stroke: var(--edge); stroke-width: 1.5 }
    .wide { overflow-x: auto }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .85rem }
    table.layers { width: 100% }
    th, td { padding: 0 .6rem; height: 28px; text-align: left; white-space: nowrap }
    thead th { border-bottom: 1px solid var(--line) }
    th button { background: none; border: 0; padding: .2rem 0; font-weight: 600; cursor: pointer }
    th button.up::after { content: " ↑" }
    th button.down::after { content: " ↓" }
    td.right, th.right { text-align: right }
    td.bar { background: linear-gradient(to left, var(--bar) var(--b, 0%), transparent 0) }
    td.graph, th.graph { padding: 0; width: 1px }
    td.graph svg { display: block }
    .sorted td.graph svg { visibility: hidden }
    button.more { background: none; border: 0; padding: 0; cursor: pointer; text-align: left; max-width: 22rem; \
    overflow: hidden; text-overflow: ellipsis; display: block }
    button.more:hover { text-decoration: underline }
    tr.layer:hover td { background-color: var(--soft) }
    tr.card td { white-space: normal; background: var(--soft); padding: .5rem 1rem }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 }
    dt { color: var(--quiet) }
    dd { margin: 0; overflow-wrap: anywhere }
    .comparison td { padding: .2rem .6rem }
    @media (max-width: 46rem) {
      .shape, td.op, th:nth-child(3) { display: none }
      button.more { max-width: 10rem }
      th, td { padding: 0 .35rem }
    }
    </style>
    """

  /// Sorting, searching and opening; everything else is there without it.
  static let script = """
    <script>
    "use strict";
    (() => {
      const tables = [...document.querySelectorAll("table.layers")];
      const bodies = table => [...table.tBodies];
      const words = body => body.rows[0].textContent.toLowerCase() + " " + body.rows[1].textContent.toLowerCase();
      const texts = new Map();
      tables.forEach(t => bodies(t).forEach(b => texts.set(b, words(b))));
      const value = (body, key) => key === "n" ? body.rows[0].cells[1].textContent
        : key === "o" ? body.rows[0].cells[2].textContent : Number(body.dataset[key]);
      const order = (table, key, down) => {
        const list = bodies(table);
        list.sort((a, b) => {
          if (key === "i") return a.dataset.i - b.dataset.i;
          const x = value(a, key), y = value(b, key);
          const c = typeof x === "string" ? x.localeCompare(y, undefined, {numeric: true}) : x - y;
          return (down ? -c : c) || a.dataset.i - b.dataset.i;
        });
        table.append(...list);
        table.classList.toggle("sorted", key !== "i");
        table.querySelectorAll("th button").forEach(button => {
          const on = button.dataset.key === key;
          button.classList.toggle("down", on && down);
          button.classList.toggle("up", on && !down);
          button.parentElement.setAttribute("aria-sort", on ? (down ? "descending" : "ascending") : "none");
        });
      };
      const show = (body, open) => {
        body.rows[1].hidden = !open;
        body.querySelector("button.more").setAttribute("aria-expanded", open);
      };
      tables.forEach(table => {
        table.querySelectorAll("th button").forEach(button => button.addEventListener("click", () => {
          const key = button.dataset.key, text = key === "n" || key === "o";
          const down = button.classList.contains("down") ? false
            : button.classList.contains("up") ? true : !text;
          order(table, key, down);
        }));
        table.addEventListener("click", event => {
          const button = event.target.closest("button.more");
          if (button) { const body = button.closest("tbody"); show(body, body.rows[1].hidden); }
        });
      });
      document.getElementById("order").addEventListener("click", () => tables.forEach(t => order(t, "i", false)));
      const opener = document.getElementById("open");
      opener.addEventListener("click", () => {
        const open = opener.textContent === "Open cards";
        tables.forEach(t => bodies(t).forEach(b => show(b, open)));
        opener.textContent = open ? "Close cards" : "Open cards";
      });
      document.getElementById("search").addEventListener("input", event => {
        const terms = event.target.value.toLowerCase().split(/\\s+/).filter(Boolean);
        texts.forEach((text, body) => { body.hidden = !terms.every(term => text.includes(term)); });
      });
    })();
    </script>
    """
}
