"""Which tests should notice which rooms, the likeliest first."""

from pathlib import Path

TESTS = {
    "ops": ("tests/ops", "tests/properties", "tests/test_strict_cupy.py", "tests/test_masked_arrays.py"),
    "layers": ("tests/layers", "tests/models", "tests/properties", "tests/test_strict_cupy.py"),
    "training": ("tests/training", "tests/properties", "tests/backend"),
    "gates": ("tests/gates",),
    "gradcheck": ("tests/gradcheck",),
}
FIRST = 1, 4  # so many files of tests are asked first: most mutants die there, and the others need not be loaded


def sources(room):
    return sorted(Path("senumpy", room).rglob("*.py"))


def tests_of(room, page="", kills=None):
    """Return the files of tests in groups, those first that are likely to notice a change to a page.

    First comes the test of the page's own name, then those files that killed most so far.
    """
    files = []
    for place in map(Path, TESTS[room]):
        files += sorted(place.rglob("test_*.py")) if place.is_dir() else [place]
    kills = kills or {}
    files.sort(key=lambda file: (file.stem != f"test_{page}", -kills.get(file.as_posix(), 0)))
    names = [file.as_posix() for file in files]
    one, few = FIRST
    return names[:one], names[one:few], names[few:]
