"""The first field of a step takes what is typed next, which only a script can see to; `guard` lets in this one."""

import re
from typing import Final

import streamlit as st

from pumplog.screens.sheet import Sheet

# The same words each time, so that the content policy can know them by their hash; where to go stands beside them.
# The step may still be on its way: so it is looked for until it is there, or somebody begins by hand.
SCRIPT: Final = """<script>(() => {
  const said = document.querySelector(".pl-focus").dataset, until = Date.now() + 8000;
  window.pumplogFocus = said.press;
  const stop = () => { window.pumplogFocus = null; };
  for (const by of ["pointerdown", "keydown", "wheel"]) addEventListener(by, stop, {once: true, passive: true});
  const typed = "input, textarea, button", seen = one => !one.disabled && one.checkVisibility();
  const go = () => {
    if (window.pumplogFocus !== said.press || Date.now() > until) return;
    const step = document.querySelector(".st-key-" + said.step);
    if (!step || step.querySelector("[data-testid=stSkeleton]")) { setTimeout(go, 50); return; }
    document.querySelector("[data-testid=stMain]").scrollTo(0, 0);
    const asked = said.field && step.querySelector(`[class*="st-key-${said.field}"]`);
    const place = [asked, step].find(one => one && [...one.querySelectorAll(typed)].some(seen));
    const field = place && [...place.querySelectorAll(typed)].find(seen);
    if (field) field.focus({preventScroll: place === step});
  };
  go();
})()</script>"""
_NO_PART_OF_A_CLASS: Final = re.compile(r"[^A-Za-z0-9_-]")


def focus_on(own: Sheet, step: str, field: str | None) -> None:
    """Bring the focus into a step each time that a sheet comes to another one: to one of its fields, or the first.

    `step` is the key of its container, `field` that of a field: both ours, and no person's words.
    """
    place = _NO_PART_OF_A_CLASS.sub("-", field or "")  # as Streamlit names the class of a key
    said = f'data-step="{step}" data-field="{place}" data-press="{own.moves_count}"'
    st.html(f'<span class="pl-focus" {said}></span>{SCRIPT}', unsafe_allow_javascript=True)
