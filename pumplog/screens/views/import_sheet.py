"""Import a sheet."""

import streamlit as st


def page() -> None:
    """Show the page."""
    st.title("Import a sheet")


if __name__ == "__main__":
    page()
