"""What a second core is good for: the command runs, and its ratios are times of the same work."""

import re

from benchmarks import cores


def test_the_table(monkeypatch, capsys):
    monkeypatch.setattr(cores, "ROUNDS", 2)
    monkeypatch.setattr(cores, "CALLS", (2, 4))
    cores.main()
    table = capsys.readouterr().out
    for name in cores.WORK:
        row = next(line for line in table.splitlines() if line.startswith(name))
        numbers = [float(word) for word in row.removeprefix(name).split()]
        assert len(numbers) == 4 and all(number >= 0 for number in numbers)
    assert re.search(r"waiting for it: \d+ us", table)


def test_two_threads_do_the_work_between_them(monkeypatch):
    done = []
    monkeypatch.setattr(cores, "WORK", {"counted": lambda: lambda: done.append(1)})
    monkeypatch.setattr(cores, "ROUNDS", 3)
    with cores.ThreadPoolExecutor(1) as pool:
        cores.compare_threads(pool, "counted", 10)
    assert len(done) == 10 * (1 + 2 * 3), "shared once to warm up, then three rounds unshared and shared"
