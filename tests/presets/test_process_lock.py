import multiprocessing
import threading
import time

from keras_gt.presets.process_lock import process_lock


def test_one_at_a_time(tmp_path):
    order = []

    def work(name):
        with process_lock(tmp_path / "lock"):
            order.append(name)
            time.sleep(0.1)
            order.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "".join(order) in ("aabb", "bbaa")


def hold(path, ready):
    with process_lock(path):
        ready.set()
        time.sleep(60)


def test_a_killed_process_lets_go(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=hold, args=(tmp_path / "lock", ready))
    process.start()
    assert ready.wait(120)
    process.kill()
    process.join()
    start = time.monotonic()
    with process_lock(tmp_path / "lock"):
        assert time.monotonic() - start < 15


def test_a_long_wait_ends(tmp_path):
    start = time.monotonic()
    with process_lock(tmp_path / "lock"), process_lock(tmp_path / "lock", wait_seconds=0.2):
        assert 0.2 <= time.monotonic() - start < 30


def test_no_locks_on_this_file_system(tmp_path, monkeypatch):
    def refuse(descriptor):
        raise OSError("Function not implemented")

    monkeypatch.setattr("keras_gt.presets.process_lock._try_lock", refuse)
    with process_lock(tmp_path / "lock"):
        assert (tmp_path / "lock").is_file()
