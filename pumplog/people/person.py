"""A person as the rest of the house sees one, and the account behind it with its secrets."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from pumplog.people.roles import Act, Role, acts_of


@dataclass(frozen=True)
class Person:
    """Somebody who may come in. `name` stands in the log; `sites` None means all of them."""

    person_id: str
    name: str
    roles: frozenset[Role]
    sites: frozenset[str] | None

    def may(self, act: Act) -> bool:
        """Whether any of the roles allows it."""
        return act in acts_of(self.roles)

    def sees(self, site: str | None) -> bool:
        """Whether pumps of this site are this person's; one without a site is everybody's, so that none is lost."""
        return self.sites is None or site is None or site_key(site) in self.sites


def name_key(name: str) -> str:
    """A name as it is compared: without capitals, spaces too many, and the ways of writing the same letter."""
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def site_key(site: str) -> str:
    """A site as it is compared."""
    return name_key(site)


class Account(BaseModel):
    """What is kept about a person: what they may do, and how they prove who they are.

    Secrets only as hashes, but for `code_secret`, which both sides of a time-based code must know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: str
    sign_in_name: str
    name: str
    roles: frozenset[Role]
    sites: tuple[str, ...] | None = None
    enabled: bool = True
    password_hash: str | None = None
    password_is_temporary: bool = False
    secrets_count: int = 0
    pin_hash: str | None = None
    pin_failed_count: int = 0
    code_secret: str | None = None
    code_steps_count: int = 0
    failed_count: int = 0
    failed_at_utc: datetime | None = None
    issuer: str | None = None
    subject: str | None = None

    @property
    def person(self) -> Person:
        """The person without the secrets."""
        sites = None if self.sites is None else frozenset(site_key(site) for site in self.sites)
        return Person(self.person_id, self.name, self.roles, sites)

    @property
    def is_administrator(self) -> bool:
        """Whether this person may change who may what."""
        return Role.ADMINISTRATOR in self.roles
