"""Method."""

import streamlit as st


def page() -> None:
    """Show the page."""
    st.title("Method")


if __name__ == "__main__":
    page()
