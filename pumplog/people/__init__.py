"""WHO: the people of a clinic, what each may do, and how they prove who they are."""

from pumplog.people.administration import Administration, PersonLine
from pumplog.people.door import Door
from pumplog.people.person import Account, Person
from pumplog.people.roles import ACT_WORDS, MAY, ROLE_WORDS, Act, Role, act_of
from pumplog.people.sessions import Must, Session
from pumplog.people.set_up import NewPerson
from pumplog.people.tablets import Tablet

__all__ = [
    "ACT_WORDS",
    "MAY",
    "ROLE_WORDS",
    "Account",
    "Act",
    "Administration",
    "Door",
    "Must",
    "NewPerson",
    "Person",
    "PersonLine",
    "Role",
    "Session",
    "Tablet",
    "act_of",
]
