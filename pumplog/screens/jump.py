"""A jump to a place further down the page, which only a script can make; `guard` lets in this one, word for word."""

from typing import Final

import streamlit as st

# The same words each time, so that the content policy can know them by their hash; where to go stands beside them.
# What is jumped to may still be on its way, and what is above it may push it down: so the jump is made again until
# it stands still for a second, or somebody moves the page by hand.
SCRIPT: Final = """<script>(() => {
  const said = document.querySelector(".pl-jump").dataset, until = Date.now() + 8000;
  window.pumplogJump = said.press;
  for (const by of ["wheel", "touchmove", "keydown"])
    addEventListener(by, () => { window.pumplogJump = null; }, {once: true, passive: true});
  let stood = null, still = 0;
  const go = () => {
    if (window.pumplogJump !== said.press || still >= 10 || Date.now() > until) return;
    const place = document.querySelector(".st-key-" + said.to);
    if (place) {
      place.scrollIntoView({block: "start"});
      const top = Math.round(place.getBoundingClientRect().top);
      still = top === stood ? still + 1 : 0;
      stood = top;
    }
    setTimeout(go, 100);
  };
  go();
})()</script>"""


def jump_to(key: str) -> None:
    """Bring the container of a key, which is ours and no person's word, to the top of the screen."""
    # Pressed again, the same words would not be a change of the page, and nothing would run: hence the count.
    press = st.session_state["jumps"] = st.session_state.get("jumps", 0) + 1
    place = f'<span class="pl-jump" data-to="{key}" data-press="{press}"></span>'
    st.html(f"{place}{SCRIPT}", unsafe_allow_javascript=True)
