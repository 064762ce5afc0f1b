"""Who came in: the newest lines of that log, in words."""

import json
from typing import Final

import streamlit as st

from pumplog.desk import Desk
from pumplog.people import Person
from pumplog.quantities import show_date
from pumplog.screens.tables import table_html

NEWEST_COUNT: Final = 100
_WORDS: Final = {
    "signed_in": "signed in",
    "signed_in_by_pin": "signed in by PIN",
    "signed_in_by_hospital": "signed in at the hospital",
    "signed_out": "signed out",
    "locked": "locked",
    "unlocked": "unlocked",
    "refused": "was refused",
    "not_allowed": "asked for what their roles do not allow",
    "checked_second": "signed as second checker",
    "ended_switched_off": "was signed out: account switched off",
    "ended_by_age": "was signed out: sign-in too old",
    "ended_secret_changed": "was signed out: password changed",
    "person_added": "added a person",
    "person_changed": "changed a person",
    "person_reset": "gave a new first password",
    "password_changed": "changed their password",
    "pin_set": "set a PIN",
    "code_set": "added an authenticator",
    "tablet_enrolled": "enrolled a tablet",
    "tablet_revoked": "took a tablet off the list",
    "signing_key_made": "had a key made for signing heads of the log",
    "setup_code_made": "asked for a set-up code",
}


def access_panel(desk: Desk, by: Person) -> None:
    """Show the newest lines, the newest first."""
    st.subheader("Who came in", anchor=False)
    with st.expander(f"The newest {NEWEST_COUNT} lines", key="fold-access", on_change="rerun") as fold:
        if not fold.open:
            return
        lines = desk.administration.access_lines(by=by)
        names = {one.person_id: one.name for one in desk.door.accounts.everybody()}
        rows = []
        for line in lines[-NEWEST_COUNT:][::-1]:
            at = line.recorded_at_utc.astimezone(desk.zone)
            told = ", ".join(f"{key} {_shown(value)}" for key, value in json.loads(line.body).items())
            about = names.get(line.pump_id, "")
            rows.append(
                [
                    f"{show_date(at.date())} {at:%H:%M}",
                    line.recorded_by,
                    _WORDS.get(line.kind, line.kind),
                    about,
                    told,
                ]
            )
        st.html(table_html(["When", "Who", "What", "About", "More"], rows))


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
