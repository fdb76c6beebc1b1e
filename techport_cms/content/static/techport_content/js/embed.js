// Click to load. The markup holds a plain link, which is all there is without this script;
// here a button joins it that puts the player in the page. Nothing is fetched before the click.
for (const figure of document.querySelectorAll(".embed[data-src]")) {
  const facade = figure.querySelector(".facade");
  const button = figure.querySelector("button[hidden]");
  if (!facade || !button || !figure.dataset.src.startsWith("https://")) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.src = figure.dataset.src;
    frame.title = figure.dataset.title;
    frame.allow = "fullscreen; picture-in-picture; encrypted-media";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.tabIndex = -1;
    facade.replaceWith(frame);
    frame.focus();
    frame.removeAttribute("tabindex");
  }, { once: true });
}
