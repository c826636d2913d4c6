"""Scoring a request in Python PyTorch, for comparing time: DIEN in the paper's sizes, interest states included, no gradients.

usage: scoring.py STEPS_T ATTENTION(bilinear|mlp) THREADS|cuda|graph SECONDS CANDIDATES...     prints microseconds a candidate, a line a size

cuda: operation by operation on the first GPU. graph: the whole request recorded once as a CUDA graph and replayed. Both copy the request in and the
logits out each time, as a server has to.
"""
import statistics, sys, time
import torch
from dien import Dien, rows

T, KIND, WHERE, SECONDS = int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
GPU = WHERE in ("cuda", "graph")
if not GPU:
    torch.set_num_threads(int(WHERE))
torch.manual_seed(1)
device = torch.device("cuda" if GPU else "cpu")
model = Dien(KIND).eval().to(device)


def score(behaviors, ads):
    x = model.embed(behaviors)
    h, _ = model.extractor(x)
    return model.logit(x, h, model.embed(ads), torch.ones(ads[0].shape[0], T, device=device))


def recorded(behaviors, ads):
    """The request as a graph over buffers of its own; warmed up on another stream first, as recording demands."""
    inputs = [tuple(t.to(device) for t in part) for part in (behaviors, ads)]
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            score(*inputs)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        logits = score(*inputs)

    def replay(behaviors, ads):
        for kept, new in zip(inputs[0] + inputs[1], behaviors + ads):
            kept.copy_(new)
        graph.replay()
        return logits

    return replay


def moved(behaviors, ads):
    return score(*(tuple(t.to(device) for t in part) for part in (behaviors, ads)))


with torch.inference_mode():
    for n in map(int, sys.argv[5:]):
        behaviors, ads, times = rows(1, T), rows(n), []
        call = recorded(behaviors, ads) if WHERE == "graph" else moved
        difference = (call(behaviors, ads) - moved(behaviors, ads)).abs().max().item()
        assert difference < 1e-4, f"the graph's logits differ by {difference}"
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            start = time.perf_counter()
            call(behaviors, ads).cpu()
            times.append(time.perf_counter() - start)
        print(f"{n} {statistics.median(times[len(times) // 4:]) * 1e6 / n:.1f}", flush=True)
