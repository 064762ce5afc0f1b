"""Starting the web server: what is refused before it starts, which files stay private, and the start itself.

Nothing is imported here: the command line asks for little of this, and must start at once.
"""

from typing import Final

DATABASE_VARIABLE: Final = "PUMPLOG_DATABASE"
DEFAULT_PORT: Final = 8501
