"""PyTorch's files are pickles, and a pickle can run anything: only PyTorch opens them here, and for arrays alone."""

import re
import warnings
import zipfile
from collections.abc import Mapping

from senumpy.files.arrays import CheckpointError
from senumpy.files.paths import as_path

SUFFIXES = (".pt", ".pth")


def read_pytorch(path):
    """Return what a .pt or .pth file holds: a dictionary of PyTorch's tensors by name, or of such dictionaries.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    CheckpointError
        Where it is damaged, or holds anything that is no array, number or text; a ValueError where PyTorch is missing.
    """
    path = as_path(path)
    if not path.is_file():
        raise FileNotFoundError(2, "there is no such file", str(path))
    torch = _library(path)
    try:
        damaged = _damaged_member(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a file's age or protocol: it is read, or it is not
            content = None if damaged else torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # PyTorch raises nearly every kind, KeyError for a text
        raise CheckpointError(f"{path} {_reason(error)}") from error
    if damaged:
        raise CheckpointError(
            f"{path} is damaged: {damaged!r} in it has not the numbers of its checksum (or was written without one)"
        )
    if not isinstance(content, Mapping):
        raise CheckpointError(
            f"{path} holds a {type(content).__name__}, expected a state: torch.save(model.state_dict(), path)"
        )
    return content


def _damaged_member(path):
    """Return the first member of an archive whose checksum differs, which PyTorch does not ask, or None."""
    if not zipfile.is_zipfile(path):  # as before version 1.6
        return None
    with zipfile.ZipFile(path) as file:
        return file.testzip()


def _reason(error):
    """Return why PyTorch did not read a file; its own words recommend to switch the caution off."""
    foreign = re.search(r"GLOBAL (\S+)", str(error))
    if foreign or "TorchScript" in str(error):
        return (
            f"holds {foreign[1] if foreign else 'a TorchScript program'} besides arrays, and reading that could run "
            "code, so nothing was read. Whoever made the file can write its weights alone: "
            "torch.save(model.state_dict(), path)"
        )
    first_line = str(error).partition("\n")[0]
    return f"is no file of PyTorch's, or damaged ({type(error).__name__}: {first_line})"


def _library(path):
    try:
        import torch
    except ImportError as error:
        raise ValueError(
            f"{path}: files ending in .pt or .pth are pickles, which only PyTorch reads safely, and it is not "
            "installed. Where it is, turn the file into an .npz, which needs nothing: numpy.savez(path, **{name: "
            "tensor.numpy() for name, tensor in torch.load(path, weights_only=True).items()})"
        ) from error
    return torch
