"""Commands as a user's shell starts them: real processes, with streams that fail."""

import os
import subprocess
import sys
from pathlib import Path

import senumpy

ROOT = Path(senumpy.__file__).parents[1]


def environment(**changes):
    return {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", **changes}


def shell(words, redirections, folder, **changes):
    """Run ``python -m words`` in a shell with these redirections, and return what is known of it afterwards."""
    line = f'"{sys.executable}" -m {words} {redirections}'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=folder, env=environment(**changes), capture_output=True, text=True
    )
