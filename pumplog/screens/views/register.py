"""Register a pump."""

import streamlit as st


def page() -> None:
    """Show the page."""
    st.title("Register a pump")


if __name__ == "__main__":
    page()
