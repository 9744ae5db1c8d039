"""The app that is rehearsed in these tests."""

from pathlib import Path

from keyless.rehearsal.app_folder import AppFolder
from tests.app.app import HERE

APP = AppFolder(Path(HERE))
