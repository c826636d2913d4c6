"""The training step of dien-stream's trainer in Python PyTorch, for comparing time: DIEN with auxiliary loss, the same sizes.

usage: training_step.py BATCH STEPS_T ATTENTION(bilinear|mlp) THREADS WARMUP MEASURED     prints one line of milliseconds, one a step
"""
import sys, time
import torch, torch.nn.functional as F
from dien import Dien, rows

B, T, KIND, THREADS, WARMUP, MEASURED = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:7])
torch.set_num_threads(THREADS)
torch.manual_seed(1)

model = Dien(KIND)
adam = torch.optim.Adam(model.parameters(), lr=1e-3)
mask = torch.ones(B, T)
times = []
for step in range(WARMUP + MEASURED):
    behaviors, negatives, ad, y = rows(B, T), rows(B, T), rows(B), torch.randint(0, 2, (B,)).float()
    start = time.perf_counter()
    logit, auxiliary = model(behaviors, negatives, ad, mask)
    loss = F.binary_cross_entropy_with_logits(logit, y) + auxiliary
    adam.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 10)
    adam.step()
    loss.item()
    times.append((time.perf_counter() - start) * 1000)
print(" ".join(f"{t:.2f}" for t in times[WARMUP:]))
