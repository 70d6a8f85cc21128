"use strict";
(() => {
  const { drawings, downloads } = JSON.parse(document.getElementById("data").textContent);
  const save = (name, href) => {
    const link = document.createElement("a");
    link.href = href;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
  };

  const views = new Map();
  const folded = (place) => Boolean(place.closest("details:not([open])"));
  const draw = async () => {
    for (const place of document.querySelectorAll("[data-drawing]")) {
      const id = place.dataset.drawing;
      if (views.has(id) || folded(place)) continue;
      views.set(id, null);
      const made = await vegaEmbed(place, drawings[id], { actions: false, renderer: "svg" });
      views.set(id, made.view);
    }
    document.documentElement.dataset.drawn = String([...views.values()].filter(Boolean).length);
  };

  const resize = (width) => {
    for (const [id, view] of views) {
      const place = document.querySelector(`[data-drawing="${id}"]`);
      if (view && !folded(place)) view.signal("width", width(place)).run();
    }
  };
  addEventListener("beforeprint", () => resize((place) => (place.closest(".small, .pair") ? 330 : 690)));
  addEventListener("afterprint", () => resize((place) => place.clientWidth));

  const unfold = async (details) => {
    for (const each of details) each.open = true;
    await draw();
  };
  document.addEventListener("toggle", (event) => { if (event.target.open) draw(); }, true);
  const reach = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = target && target.closest("details");
    if (details && !details.open) unfold([details]).then(() => target.scrollIntoView());
  };
  addEventListener("hashchange", reach);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.save) {
      const id = button.closest("figure").id;
      save(`${id}.${button.dataset.save}`, await views.get(id).toImageURL(button.dataset.save, 2));
    } else if (button.dataset.download) {
      const id = button.dataset.download;
      const href = URL.createObjectURL(new Blob([downloads[id]], { type: "text/csv" }));
      save(`${id}.csv`, href);
      setTimeout(() => URL.revokeObjectURL(href), 1000);
    } else if ("unfold" in button.dataset) {
      await unfold(document.querySelectorAll("details"));
    } else if ("all" in button.dataset) {
      const sheet = button.closest(".sheet");
      sheet.dataset.shown = "Infinity";
      show(sheet);
      button.remove();
    } else if (button.parentElement.matches("th")) {
      sort(button.parentElement);
    }
  });

  const show = (sheet) => {
    [...sheet.querySelectorAll("tbody tr")].forEach((row, i) => { row.hidden = i >= Number(sheet.dataset.shown); });
  };

  const sort = (head) => {
    const numbers = head.classList.contains("number");
    const before = head.getAttribute("aria-sort");
    const rising = before ? before === "descending" : !numbers;
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const body = head.closest("table").tBodies[0];
    const key = (row) => {
      const cell = row.cells[head.cellIndex];
      return cell.dataset.order === undefined ? cell.textContent : Number(cell.dataset.order);
    };
    const compare = (one, two) =>
      typeof one === "number" && typeof two === "number" ? one - two
        : String(one).localeCompare(String(two), "en", { numeric: true });
    const rows = [...body.rows].map((row) => [key(row), row]);
    rows.sort((one, two) => (rising ? 1 : -1) * compare(one[0], two[0]));
    body.append(...rows.map(([, row]) => row));
    show(head.closest(".sheet"));
  };

  draw().then(reach).catch((error) => console.error(error));
})();
