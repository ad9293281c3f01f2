"""A manifest says what a file holds: every array's shape, type and checksum, so that nothing is lost or let in."""

import hashlib
import json

import numpy as np

FORMAT, VERSION = "senumpy", 1


def text(about, arrays):
    """Return the manifest of some arrays as JSON."""
    described = {name: describe(array) for name, array in arrays.items()}
    return json.dumps({"format": FORMAT, "version": VERSION, **about, "arrays": described}, indent=1)


def describe(array):
    """Return shape, type and SHA-256 of an array; the checksum is that of its numbers in C order.

    >>> describe(np.zeros((2, 3), np.float32))["sha256"][:8]
    '9d908ecf'
    """
    checksum = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    return {"shape": list(array.shape), "dtype": array.dtype.str, "sha256": checksum}


def parse(content):
    """Return a manifest as a dictionary.

    Raises
    ------
    ValueError
        Where it is none, or that of a newer version.
    """
    about = json.loads(content)
    if not isinstance(about, dict) or about.get("format") != FORMAT or not isinstance(about.get("arrays"), dict):
        raise ValueError("is not a manifest of senumpy")
    if about.get("version") != VERSION:
        raise ValueError(f"is of version {about.get('version')!r}, and this senumpy reads version {VERSION}")
    return about


def compare(about, arrays):
    """Return sentences about everything in which arrays and manifest differ."""
    listed = about["arrays"]
    wrong = [f"{name!r} is missing, the manifest lists it" for name in sorted(listed.keys() - arrays.keys())]
    wrong += [f"{name!r} is not in the manifest" for name in sorted(arrays.keys() - listed.keys())]
    for name in sorted(arrays.keys() & listed.keys()):
        found = describe(arrays[name])
        if found != listed[name]:
            expected = listed[name] if isinstance(listed[name], dict) else {}
            differing = [field for field in found if found[field] != expected.get(field)]
            wrong.append(f"{name!r} is not the array in the manifest: other {', '.join(differing) or 'fields'}")
    return wrong
