"""Turn-by-turn timing and peak memory."""

import ctypes
import gc
import math
import statistics
import time


def interleave(functions, rounds, clock, least_seconds=2.0, sample_seconds=0.02):
    """Times functions turn by turn, so that what else the machine does falls on all of them.

    Args:
        functions: dictionary from a name to a function of no arguments that ends when done.
        rounds: int, samples of each at least.
        clock: `time.process_time` or `time.perf_counter`.
        least_seconds: float; more samples are taken of all until each is measured that long, since
            the median of few short ones is not the same from run to run.
        sample_seconds: float; short calls are repeated until a sample lasts that long.

    Returns:
        Dictionary from the name to its list of milliseconds a call.
    """
    repeats = {}
    shortest = math.inf
    for name, function in functions.items():
        for _ in range(2):  # compiles, then fills the caches
            function()
        start = time.perf_counter()
        function()
        seconds = max(time.perf_counter() - start, 1e-7)
        repeats[name] = max(1, round(sample_seconds / seconds))
        shortest = min(shortest, repeats[name] * seconds)
    samples = {name: [] for name in functions}
    for turn in range(max(rounds, math.ceil(least_seconds / shortest))):
        names = list(functions)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            function = functions[name]
            start = clock()
            for _ in range(repeats[name]):
                function()
            samples[name].append((clock() - start) * 1e3 / repeats[name])
    return samples


def speed(samples, ours, reference):
    """How many times faster ours is than the reference, of medians."""
    return statistics.median(samples[reference]) / statistics.median(samples[ours])


def _status(key):
    with open("/proc/self/status", encoding="ascii") as lines:
        for line in lines:
            if line.startswith(key):
                return int(line.split()[1]) / 1024
    raise KeyError(key)


def peak_megabytes(function):
    """Megabytes of memory that one call takes above what the process holds before it (Linux)."""
    function()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")  # resets the high-water mark
    before = _status("VmRSS")
    function()
    return max(0.0, _status("VmHWM") - before)
