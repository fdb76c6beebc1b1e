// Ties the signs on the map to the list beside it: pointing at one shows the other.
// The list holds everything, so nothing is lost without this script.
const map = document.querySelector("svg.map");

function show(id, on) {
  for (const sign of map.querySelectorAll(".sign")) {
    if (sign.dataset.for !== id) continue;
    sign.classList.toggle("on", on);
    if (on) sign.parentNode.append(sign);
  }
  document.getElementById(id)?.classList.toggle("on", on);
}

if (map) {
  const pairs = new Set(Array.from(map.querySelectorAll(".sign"), (sign) => sign.dataset.for));
  for (const id of pairs) {
    const item = document.getElementById(id);
    if (!item) continue;
    for (const [event, on] of [["pointerenter", true], ["focusin", true], ["pointerleave", false], ["focusout", false]]) {
      item.addEventListener(event, () => show(id, on));
    }
  }
  const over = (on) => (event) => event.target.matches?.(".sign") && show(event.target.dataset.for, on);
  map.addEventListener("pointerover", over(true));
  map.addEventListener("pointerout", over(false));
  map.addEventListener("click", (event) => {
    const sign = event.target.closest?.(".sign");
    const item = sign && document.getElementById(sign.dataset.for);
    if (item) {
      item.scrollIntoView({ block: "center" });
      item.querySelector("a")?.focus({ preventScroll: true });
    } else if (sign?.dataset.url) {
      location.assign(sign.dataset.url); // on another page of the list
    }
  });
}
