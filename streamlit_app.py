"""Navigation, and nothing else.

A session runs this file as its script. A web server that imports it (`streamlit run streamlit_app.py` does)
finds `app`: the same script behind the security headers, the health route and the warm start.
"""

import streamlit as st

from pumplog.screens.navigation import navigate
from pumplog.screens.serving import around
from pumplog.serving.refusals import door_of
from pumplog.serving.served import served_database

if __name__ == "__main__":
    navigate()
else:
    app = st.App(__file__, **around(served_database(), door_of(served_database())))
