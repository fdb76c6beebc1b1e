// What is typed is saved, whenever it is typed. Wagtail 8 notes what the form is like two seconds after it
// is there, and again when a save that it makes by itself is answered: what was done just before is taken for
// saved. It is in no draft and in no preview, and nothing warns who leaves. Here the form counts as saved as
// it was before somebody touched it, and as it was sent.
// With a Wagtail whose parts have other names, all is as Wagtail made it.
(() => {
  const sent = new WeakMap(); // by the event that asked for the save: the form as it was then
  let noted = false; // by Wagtail, which may do so twice in the beginning
  let untouched = null; // the form before the first touch, where that came earlier and nothing was saved yet
  let touched = false; // since the last save was asked for: what its answer changes in the form is no edit

  const unsaved = (form) => window.wagtail?.app?.getControllerForElementAndIdentifier(form, "w-unsaved");

  const touch = ({ target, isTrusted }) => {
    touched = true;
    const form = isTrusted && !noted && untouched === null && target.closest?.("[data-edit-form]");
    if (form) untouched = unsaved(form)?.formData ?? null;
  };
  // On their way down: what they do to the form comes after.
  for (const type of ["beforeinput", "keydown", "pointerdown", "drop", "input", "change", "click", "keyup"]) {
    document.addEventListener(type, touch, true);
  }

  document.addEventListener("w-unsaved:watch-edits", ({ target }) => {
    noted = true;
    if (untouched !== null) unsaved(target).initialFormData = untouched;
  });

  document.addEventListener("w-autosave:save", ({ target, detail }) => {
    touched = false;
    untouched = null;
    if (detail.trigger) sent.set(detail.trigger, unsaved(target)?.formData);
  });

  document.addEventListener("w-autosave:success", ({ target, detail }) => {
    const saved = detail.trigger && sent.get(detail.trigger);
    // A moment later: a save that waited for this one has begun by then, with all that was typed.
    if (saved) setTimeout(() => { if (touched) unsaved(target).initialFormData = saved; });
  });
})();
