"""What a step frees, the next one uses: the system is not asked for it again. A process of its own, without a past."""

import os
import platform
import subprocess
import sys

import pytest

CODE = """
import resource
import numpy as np
from senumpy.models import TinyCNN
from senumpy.training import SGD, Trainer

model = TinyCNN(se=False, rng=np.random.default_rng(0))
trainer = Trainer(model, SGD(model.params, lr=0.01), progress=False)
x, labels = np.zeros((32, 3, 28, 28), np.float32), np.arange(32) % 10
for _ in range(3):
    trainer.train_step(x, labels)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    trainer.train_step(x, labels)
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 5)
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep what they like")
def test_a_step_takes_no_new_pages(request):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    environment["OPENBLAS_NUM_THREADS"] = "1"
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(command, cwd=request.config.rootpath, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 100, "page faults in a step: each array of 1.6 MB alone has 392 pages"
