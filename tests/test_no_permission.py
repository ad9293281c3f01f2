"""Files that one may not read, folders that one may not write into: an error that names them.

Root may do everything, and continuous integration is root. So the calls are made in a process that becomes nobody,
after each was made once with what it may use: what Python loads on the way, nobody might not be allowed to read.
"""

import json
import os
import subprocess
import sys

import pytest

CHILD = """
import json, os, sys
from pathlib import Path
import numpy as np
from senumpy import data, gates, models, pictures, training
from senumpy.__main__ import main

mine, free = Path(sys.argv[1]), Path(sys.argv[2])
os.umask(0)
os.chdir(free)

def fill(folder):
    model = models.TinyCNN(3, 2, (4,), reduction=2, rng=np.random.default_rng(0))
    recorder = gates.GateRecorder(np.zeros((1, 3, 4, 4), np.float32))
    recorder.record(model)
    training.save_weights(model, folder / "weights")
    training.save_checkpoint(folder / "checkpoint", model)
    recorder.save(folder / "gates")
    arrays = {"x": np.zeros((4, 3, 4, 4), np.uint8), "labels": np.array([0, 0, 1, 1])}
    np.savez(folder / "data.npz", **arrays)
    from PIL import Image
    for name in ("a", "b"):
        (folder / "pictures" / name).mkdir(parents=True)
        for number in "12":
            Image.new("RGB", (4, 4)).save(folder / "pictures" / name / f"{number}.png")
    return model, recorder

def command(*words):
    code = main([*map(str, words)])
    if code:
        raise ValueError(f"exit code {code}")

def watch(image, weights="weights.npz", out="w"):
    command("watch", image, "--weights", weights, "--size", 4, "--out", out)

QUICK = ["--epochs", 1, "--width", 4, "--out", "out", "--overwrite"]
model, recorder = fill(mine)
fill(free)
CALLS = {
    "load_weights": lambda f: training.load_weights(model, f / "weights.npz"),
    "load_checkpoint": lambda f: training.load_checkpoint(f / "checkpoint.npz", model),
    "load_tiny_cnn": lambda f: models.load_tiny_cnn(f / "weights.npz"),
    "GateRecorder.load": lambda f: gates.GateRecorder.load(f / "gates.npz"),
    "read_image": lambda f: data.read_image(f / "pictures" / "a" / "1.png"),
    "read_folder": lambda f: data.read_folder(f / "pictures", 4),
    "load_data": lambda f: data.load_data("folder", f / "pictures"),
    "save_weights": lambda f: training.save_weights(model, f / "new"),
    "save_checkpoint": lambda f: training.save_checkpoint(f / "new-checkpoint", model),
    "GateRecorder.save": lambda f: recorder.save(f / "new-gates"),
    "save_film": lambda f: pictures.save_film(recorder, f / "film", frames=1, dpi=20),
    "watch IMAGE": lambda f: watch(f / "pictures" / "a" / "1.png"),
    "watch --weights": lambda f: watch("cat", weights=f / "weights.npz"),
    "watch --out": lambda f: watch("cat", out=f / "watch"),
    "train --data": lambda f: command("train", "--data", f"folder:{f / 'pictures'}", *QUICK),
}
said = {}
sys.stdout = sys.stderr = open(os.devnull, "w")
for call in CALLS.values():
    call(free)
for path in [mine, *mine.rglob("*")]:
    path.chmod(0o755 if path.is_dir() else 0o600)
os.setgid(65534)
os.setuid(65534)
import io
for name, call in CALLS.items():
    sys.stderr = io.StringIO()
    try:
        call(mine)
        said[name] = "done"
    except (ValueError, OSError) as error:
        said[name] = f"{sys.stderr.getvalue()}{type(error).__name__}: {error}"
    except BaseException as error:
        said[name] = f"RAW {type(error).__name__}: {error}"
print(json.dumps(said), file=sys.__stdout__)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can become nobody")
def test_what_may_not_be_read_or_written_is_named(tmp_path, request):
    mine, free = tmp_path / "mine", tmp_path / "free"
    for folder, mode in ((mine, 0o755), (free, 0o777)):
        folder.mkdir()
        folder.chmod(mode)
    for folder in (*tmp_path.parents, tmp_path):
        if folder.stat().st_uid == 0 and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", CHILD, mine, free], cwd=request.config.rootpath, capture_output=True,
                          text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert len(said) == 15
    wrong = {name: answer for name, answer in said.items() if "ermission" not in answer or str(mine) not in answer}
    assert not wrong and not any(answer.startswith("RAW") for answer in said.values()), wrong or said
