"""Who may do what, as a table: made from the one that the desk asks."""

from pumplog.people import ACT_WORDS, MAY, ROLE_WORDS, Act, Role
from pumplog.screens.tables import table_html


def roles_html() -> str:
    """Return the table of acts by roles."""
    heads = ["", *(ROLE_WORDS[role] for role in Role)]
    rows = [[ACT_WORDS[act], *("✓ yes" if act in MAY[role] else "–" for role in Role)] for act in Act]
    return table_html(heads, rows, kind="pl-roles")
