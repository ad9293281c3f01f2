"""A folder that cannot be written to should be found out before hours of work have gone into what it was to hold."""

import tempfile


def writable(folder):
    """Make the folder where it is missing, try to write into it, and return it.

    Raises
    ------
    OSError
        Where that does not work.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise OSError(f"cannot write into the folder {str(folder)!r}: {error.strerror}") from error
