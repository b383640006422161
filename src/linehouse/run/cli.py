"""The command line: `linehouse COMMAND`. Commands live in `linehouse.run.commands`, one module for each group."""

import errno
import os
import sys
from importlib import import_module

import click

from linehouse.kernel.error import DomainError
from linehouse.platform.postgres.embedded_errors import EmbeddedPostgresError
from linehouse.run import environment
from linehouse.run.commands import COMMANDS

REFUSED = 2
"""Exit code when the command cannot be carried out and one line said why."""
INTERRUPTED = 130


class Commands(click.Group):
    """Loads the module of a command when it is asked for, so that no command waits for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the list: what a newcomer needs comes first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = import_module(f"linehouse.run.commands.{module}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"linehouse.run.commands.{module} has no click command named `command`")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name what there is when the name is wrong."""
        if args and args[0] not in COMMANDS:
            ctx.fail(f"there is no command {args[0]!r}; `linehouse help` lists what there is")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    invoke_without_command=True,
)
@click.pass_context
def linehouse(ctx: click.Context) -> None:
    """The open-source business support system for mobile brands."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """Run one command. Expected failures are one line on standard error and exit code 2."""
    for stranger, meant in environment.strangers().items():
        click.echo(f"linehouse: {stranger} is no setting" + (f"; is {meant} meant?" if meant else ""), err=True)
    arguments = sys.argv[1:]
    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:], "--help"]
    try:
        code = linehouse.main(arguments, prog_name="linehouse", standalone_mode=False)
    except click.exceptions.Exit as request:
        code = request.exit_code
    except click.ClickException as error:
        code = refuse(error.format_message())
    except click.Abort:
        code = INTERRUPTED
    except (DomainError, EmbeddedPostgresError) as error:
        code = refuse(str(error))
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        code = refuse(f"the disk is full ({error.filename or 'while writing'}): free some space and try again")
    sys.exit(code if isinstance(code, int) else 0)


def refuse(sentence: str) -> int:
    """Say in one line why not."""
    click.echo(f"linehouse: {' '.join(sentence.split())}", err=True)
    return REFUSED


if __name__ == "__main__":
    main()
