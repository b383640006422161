"""`linehouse adopt`: this home becomes the keeper of databases whose signing key is lost or was changed."""

import click

from linehouse.run import environment
from linehouse.run.at_work import installation


@click.command("adopt")
@click.confirmation_option(prompt="No other installation uses these databases?")
def command() -> None:
    """Make the databases under the settings' prefix this installation's own, after its signing key was changed.

    A start refuses databases that carry another installation's mark, so that two on one server never mix.
    """
    settings = environment.settings()
    with installation(settings, any_version=True) as found:
        from linehouse.run.keeping.ownership import make_ours

        make_ours(found, settings)
    click.echo(f"The databases {settings.database_prefix}… are this installation's.")
