// A submenu opens and closes without this script. With it, an open one also closes with Escape, and
// when the reader clicks or goes somewhere else, so that it covers nothing.
const opened = () => document.querySelectorAll(".submenu[open]");

addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const menu of opened()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});

for (const name of ["click", "focusin"]) {
  addEventListener(name, ({ target }) => {
    for (const menu of opened()) menu.open = menu.contains(target);
  });
}
