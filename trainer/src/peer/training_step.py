"""The training step of dien-stream's trainer in Python PyTorch, for comparing time: DIEN with auxiliary loss, the same sizes.

usage: training_step.py BATCH STEPS_T ATTENTION(bilinear|mlp) THREADS WARMUP MEASURED     prints one line of milliseconds, one a step

As a PyTorch user would write it well: the fused torch.nn.GRU, the input projections of the AUGRU hoisted out of its loop, Adam.
"""
import sys, time
import torch, torch.nn as nn, torch.nn.functional as F

B, T, KIND, THREADS, WARMUP, MEASURED = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:7])
ITEMS, CATEGORIES, D = 20_000, 1_000, 18
H = 2 * D
torch.set_num_threads(THREADS)
torch.manual_seed(1)


class Dice(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.norm = nn.BatchNorm1d(n, affine=False, eps=1e-8, momentum=0.01)
        self.alpha = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        p = torch.sigmoid(self.norm(x))
        return x * (self.alpha + p * (1 - self.alpha))


class Dien(nn.Module):
    def __init__(self):
        super().__init__()
        self.item, self.category = nn.Embedding(ITEMS, D), nn.Embedding(CATEGORIES, D)
        self.extractor = nn.GRU(H, H, batch_first=True)
        self.inputs, self.recurrent = nn.Linear(H, 3 * H), nn.Linear(H, 3 * H, bias=False)
        if KIND == "bilinear":
            self.w = nn.Parameter(torch.randn(H, H) * 0.1)
        else:
            self.query, self.alpha = nn.Linear(H, H), nn.Parameter(torch.full((H,), 0.1))
            self.net = nn.Sequential(nn.Linear(4 * H, 80), nn.Sigmoid(), nn.Linear(80, 40), nn.Sigmoid(), nn.Linear(40, 1))
        self.mlp = nn.Sequential(nn.BatchNorm1d(4 * H, eps=1e-3, momentum=0.01), nn.Linear(4 * H, 200), Dice(200),
                                 nn.Linear(200, 80), Dice(80), nn.Linear(80, 1))

    def embed(self, rows):
        return torch.cat([self.item(rows[0]), self.category(rows[1])], -1)

    def attention(self, h, ad, mask):
        if KIND == "bilinear":
            s = torch.bmm(h, (ad @ self.w.t()).unsqueeze(2)).squeeze(2)
        else:
            q = self.query(ad)
            q = (torch.clamp(q, min=0) + self.alpha * torch.clamp(q, max=0)).unsqueeze(1).expand_as(h)
            s = self.net(torch.cat([q, h, q - h, q * h], -1)).squeeze(-1)
        return torch.softmax(s.masked_fill(mask == 0, -1e9), -1) * mask

    def evolve(self, h, a):
        p = self.inputs(h).transpose(0, 1)
        gates, candidates = p[..., :2 * H].unbind(0), p[..., 2 * H:].unbind(0)
        weights = a.t().unsqueeze(2).unbind(0)
        g = h.new_zeros(B, H)
        for t in range(T):
            r = self.recurrent(g)
            u, reset = torch.sigmoid(gates[t] + r[:, :2 * H]).chunk(2, 1)
            c = torch.tanh(candidates[t] + reset * r[:, 2 * H:])
            g = g + weights[t] * u * (c - g)
        return g

    def forward(self, behaviors, negatives, ad, mask):
        e = self.embed(ad)
        x = self.embed(behaviors) * mask.unsqueeze(2)
        pooled = x.sum(1)
        h, _ = self.extractor(x)
        g = self.evolve(h, self.attention(h, e, mask))
        logit = self.mlp(torch.cat([e, pooled, e * pooled, g], 1)).squeeze(1)
        n = self.embed(negatives)
        m = mask[:, 1:]
        loss = F.softplus(-(h[:, :-1] * x[:, 1:]).sum(2)) + F.softplus((h[:, :-1] * n[:, 1:]).sum(2))
        return logit, (loss * m).sum() / m.sum().clamp(min=1)


def rows(*shape):
    return torch.randint(0, ITEMS, shape), torch.randint(0, CATEGORIES, shape)


model = Dien()
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
