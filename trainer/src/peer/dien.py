"""DIEN in Python PyTorch, the peer that dien-stream is timed beside: random weights in the paper's sizes.

As a PyTorch user would write it well: the fused torch.nn.GRU, the input projections of the AUGRU hoisted out of its loop.
"""
import torch, torch.nn as nn, torch.nn.functional as F

ITEMS, CATEGORIES, D = 20_000, 1_000, 18
H = 2 * D


class Dice(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.norm = nn.BatchNorm1d(n, affine=False, eps=1e-8, momentum=0.01)
        self.alpha = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        p = torch.sigmoid(self.norm(x))
        return x * (self.alpha + p * (1 - self.alpha))


class Dien(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.item, self.category = nn.Embedding(ITEMS, D), nn.Embedding(CATEGORIES, D)
        self.extractor = nn.GRU(H, H, batch_first=True)
        self.inputs, self.recurrent = nn.Linear(H, 3 * H), nn.Linear(H, 3 * H, bias=False)
        if kind == "bilinear":
            self.w = nn.Parameter(torch.randn(H, H) * 0.1)
        else:
            self.query, self.alpha = nn.Linear(H, H), nn.Parameter(torch.full((H,), 0.1))
            self.net = nn.Sequential(nn.Linear(4 * H, 80), nn.Sigmoid(), nn.Linear(80, 40), nn.Sigmoid(), nn.Linear(40, 1))
        self.mlp = nn.Sequential(nn.BatchNorm1d(4 * H, eps=1e-3, momentum=0.01), nn.Linear(4 * H, 200), Dice(200),
                                 nn.Linear(200, 80), Dice(80), nn.Linear(80, 1))

    def embed(self, rows):
        return torch.cat([self.item(rows[0]), self.category(rows[1])], -1)

    def attention(self, h, ad, mask):
        if self.kind == "bilinear":
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
        g = h.new_zeros(a.shape[0], H)
        for t in range(h.shape[1]):
            r = self.recurrent(g)
            u, reset = torch.sigmoid(gates[t] + r[:, :2 * H]).chunk(2, 1)
            c = torch.tanh(candidates[t] + reset * r[:, 2 * H:])
            g = g + weights[t] * u * (c - g)
        return g

    def logit(self, x, h, e, mask):
        """Of e's ads: over a history each, or all over one."""
        g = self.evolve(h, self.attention(h.expand(e.shape[0], -1, -1), e, mask))
        pooled = x.sum(1).expand_as(e)
        return self.mlp(torch.cat([e, pooled, e * pooled, g], 1)).squeeze(1)

    def forward(self, behaviors, negatives, ad, mask):
        x = self.embed(behaviors) * mask.unsqueeze(2)
        h, _ = self.extractor(x)
        n = self.embed(negatives)
        m = mask[:, 1:]
        loss = F.softplus(-(h[:, :-1] * x[:, 1:]).sum(2)) + F.softplus((h[:, :-1] * n[:, 1:]).sum(2))
        return self.logit(x, h, self.embed(ad), mask), (loss * m).sum() / m.sum().clamp(min=1)


def rows(*shape):
    return torch.randint(0, ITEMS, shape), torch.randint(0, CATEGORIES, shape)
