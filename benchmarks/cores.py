"""Why senumpy does not share its work among threads: ``python -m benchmarks.cores``.

The same calls of NumPy, one after another or half of them in a second thread or process. If the second core paid in
full, the ratio would be 0.5. Python's threads take turns at everything that is not inside a call of NumPy, and have to
be woken for each piece of work; processes share nothing, and show what the machine could do.
"""

import os
import sys

if __name__ == "__main__":
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before the first import of NumPy: each thread its own products

import statistics  # noqa: E402
import time  # noqa: E402
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor  # noqa: E402
from multiprocessing import get_context  # noqa: E402

import numpy as np  # noqa: E402

from senumpy.manners.exits import run_command  # noqa: E402

ROUNDS = 30
CALLS = (2, 10, 50, 1000)


def new_product():
    """The matrix product of one slab of a convolution, 16 to 32 channels, 3 x 3."""
    a, b, out = (np.ones(shape, np.float32) for shape in [(2048, 144), (144, 32), (2048, 32)])
    return lambda: np.matmul(a, b, out=out)


def new_addition(kilobytes):
    """One step of an elementwise formula on a block."""
    x = np.ones(256 * kilobytes, np.float32)
    out = np.empty_like(x)
    return lambda: np.add(x, 1, out=out)


WORK = {
    "matrix product of a slab": new_product,
    "addition, block of 256 KiB": lambda: new_addition(256),
    "addition, block of 1 MiB": lambda: new_addition(1024),
    "addition, array of 4 MiB": lambda: new_addition(4096),
}


def repeat(call, times):
    for _ in range(times):
        call()


def repeat_new(name, times):
    """Do the work in another process, and return the seconds it took there."""
    call = WORK[name]()
    repeat(call, 10)
    start = time.perf_counter()
    repeat(call, times)
    return time.perf_counter() - start


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def compare_threads(pool, name, times):
    """Return the seconds of one call, and the ratio of shared to unshared work: medians of rounds taken in turns."""
    mine, others = WORK[name](), WORK[name]()

    def shared():
        other = pool.submit(repeat, others, times // 2)
        repeat(mine, times // 2)
        other.result()

    rounds = 5 if times > 100 else ROUNDS
    shared()
    pairs = [(seconds(lambda: repeat(mine, times)), seconds(shared)) for _ in range(rounds)]
    alone, together = map(statistics.median, zip(*pairs, strict=True))
    return alone / times, together / alone


def compare_processes(pool, name, times):
    """Return the same ratio for two processes that work at the same time."""
    alone = pool.submit(repeat_new, name, times).result()
    together = [pool.submit(repeat_new, name, times) for _ in range(2)]
    return max(future.result() for future in together) / alone / 2


def main():
    print(f"{'':28} one call   shared by two threads, calls in all            by two processes")
    print(f"{'':28} (us)       {''.join(f'{times:<10}' for times in CALLS)}")
    with ThreadPoolExecutor(1) as threads, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        empty = statistics.median(seconds(lambda: threads.submit(int).result()) for _ in range(1000))
        for name in WORK:
            found = [compare_threads(threads, name, times) for times in CALLS]
            ratios = "".join(f"{ratio:<10.2f}" for _, ratio in found)
            by_processes = compare_processes(processes, name, 2 * CALLS[-1])
            print(f"{name:28} {1e6 * found[-1][0]:<10.0f} {ratios}        {by_processes:.2f}")
    print(f"\nSending nothing to a thread and waiting for it: {1e6 * empty:.0f} us")
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main, "benchmarks.cores"))
