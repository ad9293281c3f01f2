"""The promise: same BLAS kernel and number of threads, same bits, in whatever process."""

import os
import subprocess
import sys

CODE = """
import hashlib, random, sys
import numpy as np
np.random.seed(int(sys.argv[1])); random.seed(int(sys.argv[1]))     # somebody else's generators: none of ours
from senumpy.data import cued_digits, digits
from senumpy.training import tiny_cnn_for, train_by_recipe
checksum = hashlib.sha256()
for task in (digits(), cued_digits(n_train=96, n_test=32)):
    np.random.random(int(sys.argv[1]))
    model = tiny_cnn_for(task, seed=1, widths=(4, 8))
    history = train_by_recipe(model, task, epochs=1, seed=1, progress=False)
    checksum.update(repr((history.loss, history.lr, history.epochs[0].test_loss)).encode())
    for name, array in model.state_dict().items():
        checksum.update(name.encode() + array.tobytes())
print(checksum.hexdigest(), hash("a name"), np.random.random())
"""


def test_two_processes_train_to_the_same_bits(request):
    printed = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-c", CODE, seed]
        done = subprocess.run(command, cwd=request.config.rootpath, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout.split())
    (one, *surroundings), (other, *others) = printed
    assert one == other
    assert all(a != b for a, b in zip(surroundings, others, strict=True)), "and their surroundings differed"
