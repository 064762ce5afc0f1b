"""Other entries."""

import streamlit as st


def page() -> None:
    """Show the page."""
    st.title("Other entries")


if __name__ == "__main__":
    page()
