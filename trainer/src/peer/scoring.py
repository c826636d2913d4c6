"""Scoring a request in Python PyTorch, for comparing time: DIEN in the paper's sizes, interest states included, no gradients.

usage: scoring.py STEPS_T ATTENTION(bilinear|mlp) THREADS SECONDS CANDIDATES...     prints microseconds a candidate, a line a size
"""
import statistics, sys, time
import torch
from dien import Dien, rows

T, KIND, THREADS, SECONDS = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
torch.set_num_threads(THREADS)
torch.manual_seed(1)
model = Dien(KIND).eval()


def score(behaviors, ads, n):
    x = model.embed(behaviors)
    h, _ = model.extractor(x)
    return model.logit(x, h, model.embed(ads), torch.ones(n, T))


with torch.inference_mode():
    for n in map(int, sys.argv[5:]):
        behaviors, ads, times = rows(1, T), rows(n), []
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            start = time.perf_counter()
            score(behaviors, ads, n)
            times.append(time.perf_counter() - start)
        print(f"{n} {statistics.median(times[len(times) // 4:]) * 1e6 / n:.1f}")
