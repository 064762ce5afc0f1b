"""Settings for whoever looks after the log: a backup by one press, a look over everything; for nobody else."""

from pathlib import Path

from pumplog.desk import Desk
from pumplog.people import Role
from tests.screens.conftest import NOW, OpenApp, sign_in


def test_an_administrator_makes_a_backup_and_looks_over_everything(
    desk: Desk, open_app: OpenApp, tmp_path: Path
) -> None:
    app = open_app("settings", sign_in(desk, "Ada Min", Role.ADMINISTRATOR))
    assert "Last backup: none yet" in "\n".join(one.value for one in app.markdown)
    app.button(key="make-backup").click().run()
    assert "Made and proved" in app.success[0].value
    assert len(list((tmp_path / "backups").iterdir())) == 1
    assert desk.papers()["backup"].made_at == NOW
    app.button(key="look-over").click().run()
    assert not app.exception
    said = "\n".join(one.value for one in (*app.markdown, *app.warning, *app.error))
    assert "✓ Well: chain and anchor." in said
    assert "▲ Look: zone." in said
    assert "✓ Well: backup age." in said


def test_nobody_else_is_offered_it(desk: Desk, open_app: OpenApp) -> None:
    app = open_app("settings", sign_in(desk, "Rosa Lind", Role.RECORDER))
    assert "Backup and the health of the log" not in [one.value for one in app.subheader]
