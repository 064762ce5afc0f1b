"""Pump story."""

import streamlit as st


def page() -> None:
    """Show the page."""
    st.title("Pump story")


if __name__ == "__main__":
    page()
