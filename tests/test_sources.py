"""Every citation once, by key, graded."""

import dataclasses

import pytest

from pumplog.sources import SOURCES, Grade, Kind, source


def test_every_source_is_filed_under_its_own_key() -> None:
    assert all(key == each.key for key, each in SOURCES.items())


def test_every_source_has_a_title_and_says_something() -> None:
    assert all(each.title.strip() and each.says.strip() for each in SOURCES.values())


def test_no_two_sources_share_a_title() -> None:
    titles = [each.title for each in SOURCES.values()]
    assert len(set(titles)) == len(titles)


def test_an_unverified_source_says_so_in_its_first_word() -> None:
    unverified = [each for each in SOURCES.values() if each.grade is Grade.UNVERIFIED]
    assert {each.key for each in unverified} == {"general_knowledge", "clinical_knowledge"}
    assert all(each.unverified and each.says.startswith("unverified: ") for each in unverified)


def test_house_policy_is_called_house_policy() -> None:
    policies = [each for each in SOURCES.values() if each.kind is Kind.HOUSE_POLICY]
    assert {each.key for each in policies} == {"house_policy", "clinic_setting"}
    assert all(each.title.startswith("House policy") for each in policies)


def test_only_arithmetic_is_graded_derived() -> None:
    derived = [each.key for each in SOURCES.values() if each.grade is Grade.DERIVED]
    assert derived == ["arithmetic"]


def test_a_publication_that_was_not_recorded_is_not_called_a_study() -> None:
    for key in ("manufacturer_data", "unnamed_publication"):
        assert source(key).kind is not Kind.STUDY
        assert "not recorded" in source(key).title


def test_an_unknown_key_is_a_mistake_in_the_program() -> None:
    with pytest.raises(KeyError):
        source("somebody_said")


def test_sources_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        SOURCES["somebody_said"] = source("ismp")  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        source("ismp").title = "something else"  # type: ignore[misc]
