// Routes of the cell that is pointed at or has the focus, and the filter. Without it the page says the same, in its
// tables. Writes names as text only.

const said = (node) => node.textContent.replace(/\s+/g, " ").trim();

const made = (tag, ...inside) => {
  const node = document.createElement(tag);
  node.append(...inside);
  return node;
};

class Matrix {
  constructor(part) {
    this.table = part.querySelector("table.matrix");
    this.panel = part.querySelector(".panel");
    this.routes = [...part.querySelectorAll(".routes tbody tr")];
    this.heads = [...this.table.tHead.rows[0].cells];
    this.rows = [...this.table.tBodies[0].rows];
    this.enter(this.rows[0]?.cells[1]);
    this.table.addEventListener("focusin", ({ target }) => this.at(target, (cell) => this.show(this.enter(cell))));
    this.table.addEventListener("mouseover", ({ target }) => this.at(target, (cell) => this.show(cell)));
    this.table.addEventListener("click", ({ target }) => this.at(target, (cell) => this.enter(cell).focus()));
    this.table.addEventListener("keydown", (event) => this.go(event));
  }

  at(target, act) {
    const cell = target.closest("td");
    if (cell) act(cell);
  }

  // One cell is in the order of tabs.
  enter(cell) {
    this.entered?.setAttribute("tabindex", "-1");
    cell?.setAttribute("tabindex", "0");
    this.entered = cell;
    return cell;
  }

  go(event) {
    const cell = event.target.closest("td");
    const to = cell && this.next(cell, event.key, event.ctrlKey);
    if (!to) return;
    event.preventDefault();
    this.enter(to).focus();
  }

  next(cell, key, far) {
    const rows = this.rows.filter((row) => !row.hidden);
    const columns = this.heads.flatMap((head, at) => (at && !head.hidden ? [at] : []));
    const row = rows.indexOf(cell.parentElement);
    const column = columns.indexOf(cell.cellIndex);
    const steps = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [far ? 0 : row, 0],
      End: [far ? rows.length - 1 : row, columns.length - 1],
    };
    const [down, right] = steps[key] ?? [];
    return rows[down]?.cells[columns[right]];
  }

  show(cell) {
    const users = [...cell.parentElement.cells[0].querySelectorAll(".user:not([hidden]) bdi")].map(said);
    const who = users.length > 3 ? `${users.slice(0, 2).join(", ")} and ${users.length - 2} more` : users.join(", ");
    const lines = this.of(cell).map(([, privileges, way]) => made("li", `${said(privileges)}: ${said(way)}`));
    const what = made("strong", made("bdi", who), `, ${said(this.heads[cell.cellIndex])}`);
    this.panel.replaceChildren(what, lines.length ? made("ul", ...lines) : made("span", ": nothing that can be used"));
  }

  // The cells of each route in the table of routes.
  of(cell) {
    return (cell.dataset.r ?? "").split(" ").filter(Boolean).map((number) => this.routes[number].cells);
  }

  filter(user, object) {
    this.rows.forEach((row) => this.narrow(row, user));
    this.heads.forEach((head, at) => at && this.hide(at, !matches(head, object)));
    const shown = new Set(this.rows.filter((row) => !row.hidden).flatMap((row) => this.numbers(row)));
    this.routes.forEach((route, number) => { route.hidden = !shown.has(`${number}`); });
    if (this.entered?.hidden || this.entered?.parentElement.hidden) this.enter(this.first());
  }

  // Of users who can do the same, those that match.
  narrow(row, user) {
    const users = [...row.cells[0].querySelectorAll(".user")];
    users.forEach((one) => { one.hidden = !matches(one, user); });
    row.hidden = users.every((one) => one.hidden);
    const more = row.querySelector("details");
    if (!more) return;
    more.hidden = users.every((one) => one.hidden || !more.contains(one));
    more.open = Boolean(user) && !more.hidden;
  }

  hide(column, hidden) {
    this.heads[column].hidden = hidden;
    this.rows.forEach((row) => { row.cells[column].hidden = hidden; });
  }

  numbers(row) {
    return [...row.cells].filter((cell) => !cell.hidden).flatMap((cell) => (cell.dataset.r ?? "").split(" "));
  }

  first() {
    const column = this.heads.findIndex((head, at) => at && !head.hidden);
    return this.rows.find((row) => !row.hidden)?.cells[column] ?? this.entered;
  }

  get users() {
    return [...this.table.tBodies[0].querySelectorAll(".user")];
  }

  get objects() {
    return this.heads.slice(1);
  }
}

const matches = (node, text) => said(node).toLowerCase().includes(text);

const matrices = [...document.querySelectorAll(".database")].map((part) => new Matrix(part));
const form = document.querySelector(".filter");
form.hidden = matrices.length === 0;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  const [user, object] = ["users", "objects"].map((what) => form.querySelector(`#filter-${what}`).value.trim().toLowerCase());
  matrices.forEach((matrix) => matrix.filter(user, object));
  form.querySelector("#filtered").textContent = `Shown: ${counted("users", "users")}, ${counted("objects", "object classes")}`;
});

// A user of several databases is one user; what is in a schema is there once in each.
function counted(what, words) {
  const all = matrices.flatMap((matrix) => matrix[what]);
  const count = (some) => (what === "users" ? new Set(some.map((one) => said(one.querySelector("bdi")))).size : some.length);
  return `${count(all.filter((one) => !one.hidden))} of ${count(all)} ${words}`;
}

let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  closed.forEach((details) => { details.open = true; });
});
addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }));
