// Opens the question that the address names (/veelgestelde-vragen/#q-…). Without this
// script the fragment still leads to the question; it is then opened by hand.
function openNamed() {
  const id = decodeURIComponent(location.hash.slice(1));
  const details = document.getElementById(id)?.closest("details");
  if (!details || details.open) return;
  details.open = true;
  details.scrollIntoView({ block: "start" });
}

addEventListener("hashchange", openNamed);
openNamed();

// Printing shows every answer, and closes again what was closed.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details.qa:not([open])")];
  for (const item of opened) item.open = true;
});
addEventListener("afterprint", () => {
  for (const item of opened) item.open = false;
});
