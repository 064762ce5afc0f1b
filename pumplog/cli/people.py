"""`pumplog people`: the first administrator, and what one does about people without the screens."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumplog.cli.common import (
    DatabaseOption,
    Format,
    FormatOption,
    database_path,
    has_log,
    open_desk,
    refusals_told,
    say,
    say_json,
    trial_desk,
)
from pumplog.cli.sign_in import CodeOption, Seat, new_password, seated
from pumplog.errors import EntryRefused, Fault, NotAllowed

if TYPE_CHECKING:
    from pumplog.desk import Desk
    from pumplog.people import NewPerson, Person, PersonLine, Role

app = typer.Typer(help="People and what they may do.", no_args_is_help=True)

ByOption = Annotated[
    str | None, typer.Option("--by", help="The sign-in name of an administrator, whose password is asked for.")
]
RoleOption = Annotated[
    list[str] | None, typer.Option("--role", help="What the person is, as in recorder; may be said more than once.")
]
SiteOption = Annotated[
    list[str] | None, typer.Option("--site", help="A site the person belongs to; may be said more than once.")
]
AllSitesOption = Annotated[bool, typer.Option("--all-sites", help="The person belongs to every site.")]


@app.command("list")
def list_command(context: typer.Context, output: FormatOption = Format.TEXT, database: DatabaseOption = None) -> None:
    """Print everybody who has or had an account."""
    with refusals_told(output), open_desk(database_path(context, database)) as desk:
        lines = desk.administration.people_on_file()
    if output is Format.JSON:
        say_json([_record(line) for line in lines])
    else:
        _print_people(lines)


@app.command("add")
def add_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name, as it will stand in the log.")],
    sign_in_name: Annotated[str, typer.Option("--sign-in", help="The name to sign in with.")],
    roles: RoleOption = None,
    administrator: Annotated[
        bool, typer.Option("--administrator", help="The same as --role administrator; the first person is one.")
    ] = False,
    sites: SiteOption = None,
    all_sites: AllSitesOption = False,
    by: ByOption = None,
    code: CodeOption = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the first administrator's password from standard input.")
    ] = False,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Add a person. The first is an administrator and chooses a password here; others get a first password."""
    from pumplog.people import NewPerson

    with refusals_told(output):
        asked = _roles([*(roles or ()), *(["administrator"] if administrator else ())])
        new = NewPerson(sign_in_name, name, asked, _sites(sites, all_sites=all_sites))
        path, first = database_path(context, database), None
        if not has_log(path):
            _refuse_nobodys_word(by, code)
            password = new_password(from_stdin=password_stdin)
            with trial_desk(path) as desk:  # what is refused leaves no empty clinic behind
                _first_administrator(desk, new, password)
            with open_desk(path, create=True) as desk:
                line = _first_administrator(desk, new, password)
        else:
            with open_desk(path) as desk:
                if desk.door.has_people():
                    line, first = _next_person(desk, new, by, code, named=bool(sites) or all_sites)
                else:
                    _refuse_nobodys_word(by, code)
                    line = _first_administrator(desk, new, new_password(from_stdin=password_stdin))
    if output is Format.JSON:
        say_json(_record(line) | {"first_password": first})
        return
    say(f"{line.name} signs in as {line.sign_in_name}: {_words(line)}.")
    if first is not None:
        _say_first_password(first)


def _refuse_nobodys_word(by: str | None, code: str | None) -> None:
    if by is not None or code is not None:
        raise NotAllowed("Nobody has an account yet, so nobody can vouch: leave --by and --code out.")


def _first_administrator(desk: "Desk", new: "NewPerson", password: str) -> "PersonLine":
    account = desk.administration.add_first(new, password, at=desk.now())
    return next(line for line in desk.administration.people_on_file() if line.person_id == account.person_id)


def _next_person(
    desk: "Desk", new: "NewPerson", by: str | None, code: str | None, *, named: bool
) -> tuple["PersonLine", str]:
    if not named:
        says = "Say which pumps the person is to see: --site NAME, as it stands with the pumps, or --all-sites."
        raise EntryRefused(Fault("sites", says))
    with seated(desk, by, code) as seat:
        return desk.administration.add_person(new, by=_person(seat), at=desk.now())


@app.command("change")
def change_command(
    context: typer.Context,
    sign_in_name: Annotated[str, typer.Argument(metavar="SIGN_IN", help="The person's sign-in name.")],
    roles: RoleOption = None,
    sites: SiteOption = None,
    all_sites: AllSitesOption = False,
    on: Annotated[
        bool | None, typer.Option("--on/--off", help="Switch the account on, or off from the next action on.")
    ] = None,
    by: ByOption = None,
    code: CodeOption = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Change what a person may, or switch the account off or on. What is not said stays as it is."""
    if not roles and not sites and not all_sites and on is None:
        raise typer.BadParameter("Say what is to change: --role, --site, --all-sites, --on or --off.")
    with refusals_told(output), open_desk(database_path(context, database)) as desk, seated(desk, by, code) as seat:
        administrator, now = _person(seat), _known(desk, sign_in_name)
        line = desk.administration.change_person(
            now.person_id,
            roles=_roles(roles) if roles else now.roles,
            sites=_sites(sites, all_sites=all_sites) if sites or all_sites else now.sites,
            enabled=now.enabled if on is None else on,
            by=administrator,
            at=desk.now(),
        )
    if output is Format.JSON:
        say_json(_record(line))
    else:
        say(f"{line.name} signs in as {line.sign_in_name}: {_words(line)}.")


@app.command("reset")
def reset_command(
    context: typer.Context,
    sign_in_name: Annotated[str, typer.Argument(metavar="SIGN_IN", help="The person's sign-in name.")],
    by: ByOption = None,
    code: CodeOption = None,
    output: FormatOption = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Give a person who lost the way in a new first password; PIN and authenticator are taken away."""
    with refusals_told(output), open_desk(database_path(context, database)) as desk, seated(desk, by, code) as seat:
        administrator, known = _person(seat), _known(desk, sign_in_name)
        first = desk.administration.reset_person(known.person_id, by=administrator, at=desk.now())
    if output is Format.JSON:
        say_json({"sign_in_name": known.sign_in_name, "first_password": first})
    else:
        _say_first_password(first)


@app.command("setup-code")
def setup_code_command(
    context: typer.Context, output: FormatOption = Format.TEXT, database: DatabaseOption = None
) -> None:
    """Print a code by which one administrator can be made on the screen within the hour.

    For the first start, and when every administrator has lost the way in: whoever holds the file can ask for it.
    """
    with refusals_told(output), open_desk(database_path(context, database), create=True) as desk:
        made = desk.administration.make_setup_code(at=desk.now())
    if output is Format.JSON:
        say_json({"setup_code": made})
    else:
        say(made)
        say("It makes one administrator on the screen, within the hour.")


def _person(seat: Seat) -> "Person":
    """Whoever was signed in."""
    if seat.person is None:
        raise NotAllowed("Nobody has an account yet: make the first administrator with pumplog people add.")
    return seat.person


def _known(desk: "Desk", sign_in_name: str) -> "PersonLine":
    account = desk.door.accounts.signing_in_as(sign_in_name)
    found = [line for line in desk.administration.people_on_file() if account and line.person_id == account.person_id]
    if not found:
        raise EntryRefused(Fault("person", "There is no such sign-in name: look at pumplog people list."))
    return found[0]


def _roles(said: list[str]) -> "frozenset[Role]":
    from pumplog.people import Role

    known = {role.value: role for role in Role}
    strange = [one for one in said if one.casefold() not in known]
    if strange:
        raise EntryRefused(Fault("roles", f"There is no role {strange[0][:40]}: say one of {', '.join(known)}."))
    return frozenset(known[one.casefold()] for one in said)


def _sites(sites: list[str] | None, *, all_sites: bool) -> tuple[str, ...] | None:
    if sites and all_sites:
        raise typer.BadParameter("Say --site or --all-sites, not both.")
    return tuple(sites) if sites else None


def _record(line: "PersonLine") -> dict[str, Any]:
    return {
        "person_id": line.person_id,
        "sign_in_name": line.sign_in_name,
        "name": line.name,
        "roles": sorted(line.roles),
        "sites": list(line.sites) if line.sites is not None else None,
        "enabled": line.enabled,
        "has_pin": line.has_pin,
        "has_code": line.has_code,
        "from_hospital": line.from_hospital,
    }


def _words(line: "PersonLine") -> str:
    from pumplog.people import ROLE_WORDS, Role

    roles = ", ".join(ROLE_WORDS[role].lower() for role in Role if role in line.roles)
    sites = "all sites" if line.sites is None else ", ".join(line.sites)
    return f"{roles}; {sites}{'' if line.enabled else '; switched off'}"


def _print_people(lines: "list[PersonLine]") -> None:
    if not lines:
        say("Nobody has an account yet. Make the first administrator with pumplog people add.")
    for line in lines:
        say(f"{line.sign_in_name:<20} {line.name:<24} {_words(line)}")


def _say_first_password(first: str) -> None:
    say(f"First password: {first}")
    say("It is shown this once, and has to be changed at the first sign-in.")
