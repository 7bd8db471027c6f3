"""The options that commands of every package have: which data folder, which engine."""

from pathlib import Path

import click

__all__ = ["data_option", "engine_option"]

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="PAGESIFT_DATA",
    default="pagesift-data",
    show_default=True,
    help="Folder of the ledger and the index; $PAGESIFT_DATA names another default.",
)
engine_option = click.option("--engine", metavar="URL", help="Engine address  [default: whoosh:DATA/index]")
