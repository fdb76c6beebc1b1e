// What is typed is saved, whenever it is typed. Wagtail 8 notes what the form is like two seconds after it
// is there, and again when a save that it makes by itself is answered: words typed just before are taken for
// saved. They are in no draft and in no preview, and nothing warns who leaves. Here what somebody typed
// before the first note is an edit, and what was sent is what counts as saved.
// With a Wagtail whose parts have other names, all is as Wagtail made it.
(() => {
  const sent = new WeakMap(); // by the event that asked for the save: the form as it was then
  let typed = false; // in the form, before its first note
  let touched = false; // by somebody, since the last save was asked for: what its answer changes is no edit

  const unsaved = (form) => window.wagtail?.app?.getControllerForElementAndIdentifier(form, "w-unsaved");

  const isTyped = (event) => event.type === "input" && event.isTrusted && event.target.closest("[data-edit-form]");

  for (const type of ["input", "change", "click", "keyup", "drop"]) {
    document.addEventListener(type, (event) => {
      touched = true;
      if (isTyped(event)) typed = true;
    }, true);
  }

  document.addEventListener("w-unsaved:watch-edits", ({ target }) => {
    if (typed) unsaved(target).forceValue = true;
  }, { once: true });

  document.addEventListener("w-autosave:save", ({ target, detail }) => {
    touched = false;
    if (detail.trigger) sent.set(detail.trigger, unsaved(target)?.formData);
  });

  document.addEventListener("w-autosave:success", ({ target, detail }) => {
    const saved = detail.trigger && sent.get(detail.trigger);
    // A moment later: a save that waited for this one has begun by then, with all that was typed.
    if (saved) setTimeout(() => { if (touched) unsaved(target).initialFormData = saved; });
  });
})();
