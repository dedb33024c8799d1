"""`config`: what holds for every run: who asks PubMed, and which library is used."""

from typing import Annotated, Final

import typer

from ketlit import settings
from ketlit.cli.opening import tell
from ketlit.errors import UsageError
from ketlit.render.safe import safe_text

SECRET: Final = "api_key"

config = typer.Typer(no_args_is_help=True, add_completion=False)


@config.command("get", epilog="Example: ketlit config get email")
def config_get(name: Annotated[str, typer.Argument(help="Which; all if not given.")] = "") -> None:
    """Print a setting, or all that are set. A key is never printed."""
    known = settings.read_settings()
    if name and name not in settings.SETTINGS:
        raise UsageError(f"no setting is called {name[:40]!r}", f"one of: {', '.join(settings.SETTINGS)}")
    for each in [name] if name else settings.SETTINGS:
        value = known.get(each, "")
        shown = "(set)" if each == SECRET and value else safe_text(value)
        if name:
            print(shown)
        elif value:
            print(f"{each} = {shown}")


@config.command("set", epilog="Example: ketlit config set email you@example.org")
def config_set(
    name: Annotated[str, typer.Argument(help="; ".join(f"{name}: {said}" for name, said in settings.SETTINGS.items()))],
    value: Annotated[str, typer.Argument(help="Its value; '' takes it out.")],
) -> None:
    """Set what holds for every run: email, api_key, library, eutils_url."""
    if name == "email" and value:
        value = settings.checked_email(value)
    if name == SECRET and value:
        from ketlit.sources.endpoint import Key

        Key(value)
    if name == "eutils_url" and value:
        from ketlit.sources.endpoint import base_from

        base_from(value)
    settings.write_setting(name, value)
    tell(f"{name} is {'set' if value else 'not set any more'} in {settings.settings_file()}")


@config.command("path", epilog="Example: ketlit config path")
def config_path() -> None:
    """Print where the settings are kept."""
    print(settings.settings_file())
