"""A keeper writes on the way and at every end, goes on from its file, and is not stopped by a full disk."""

import errno
import os

import pytest
from small_runs import everything, fit, new_trainer

from senumpy.training import CheckpointError, Keeper, load_checkpoint


def kept(path, epochs, stop=None, **options):
    """Train under a keeper to a number of epochs; interrupted by Ctrl-C after a step where that is wanted."""

    def callback(trainer, event):
        if trainer.step == stop and event == "step":
            raise KeyboardInterrupt

    trainer = new_trainer(callback=callback)
    with Keeper(trainer, path, **options) as keeper:
        fit(trainer, epochs=epochs - len(trainer.history.epochs))
    return trainer, keeper


def test_what_ends_the_block_leaves_a_checkpoint(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        kept(tmp_path / "a", 3, stop=5)
    trainer = new_trainer()
    load_checkpoint(tmp_path / "a", trainer.model, trainer=trainer)
    assert trainer.step == 5
    trainer, keeper = kept(tmp_path / "a", 3)
    assert everything(trainer) == everything(kept(tmp_path / "b", 3)[0])
    assert keeper.before > 0 and keeper.seconds > keeper.before, "the seconds of both processes"
    assert trainer.callback is not None and trainer.callback.__name__ == "callback", "put back"


def test_nothing_is_written_where_nothing_was_trained(tmp_path):
    with pytest.raises(KeyboardInterrupt), Keeper(new_trainer(), tmp_path / "a"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    kept(tmp_path / "a", 1)
    before = (tmp_path / "a.npz").read_bytes()
    trainer = new_trainer()
    with Keeper(trainer, tmp_path / "a"):
        assert trainer.step == 3
    assert (tmp_path / "a.npz").read_bytes() == before


def test_a_disk_that_is_full_on_the_way_stops_nothing_but_is_said(tmp_path, monkeypatch):
    said, fsync = [], os.fsync

    def full(file):
        if len(said) < 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(file)

    monkeypatch.setattr(os, "fsync", full)
    trainer, _ = kept(tmp_path / "a", 1, every=0.0, on_trouble=said.append)
    assert trainer.step == 3 and len(said) == 2
    assert all("a.npz': No space left on device; the checkpoint before it stays" in sentence for sentence in said)
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]


def test_a_disk_that_is_full_at_the_end_is_an_error_unless_there_is_one_already(tmp_path, monkeypatch):
    def full(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        kept(tmp_path / "a", 1)
    with pytest.raises(KeyboardInterrupt):
        kept(tmp_path / "a", 1, stop=2)


def test_a_damaged_file_is_refused_before_anything_is_trained(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04")
    trainer = new_trainer()
    with pytest.raises(CheckpointError, match="a.npz"), Keeper(trainer, tmp_path / "a"):
        raise AssertionError("not reached")
    assert trainer.step == 0 and (tmp_path / "a.npz").read_bytes() == b"PK\x03\x04"
