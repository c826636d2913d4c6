#!/usr/bin/env python3
"""Fits the artifact of `dien demo` on simulated logs: DIEN with the paper's gate, by numpy alone.

usage: fit.py TRAIN_DIR TEST_DIR OUT_DIR [--epochs 6] [--seed 1]
TRAIN_DIR, TEST_DIR: written by `dien simulate --output` (different seeds). See docs/DEMO_MODEL.md.
Gradients are worked out by hand; `--check` compares them with finite differences.
Shapes: B requests, N candidates, T behaviors, D = H = 16.
"""
import argparse, gzip, json, os, struct, time
import numpy as np

ap = argparse.ArgumentParser()
ap.add_argument("train"); ap.add_argument("test"); ap.add_argument("out")
ap.add_argument("--epochs", type=int, default=6); ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--batch", type=int, default=128); ap.add_argument("--lr", type=float, default=2e-3)
ap.add_argument("--aux", type=float, default=0.3); ap.add_argument("--check", action="store_true")
a = ap.parse_args()
ITEMS, CATEGORIES, DIM, L = 2000, 50, 8, 40
D = H = 2 * DIM
HIDDEN = (64, 32)
VARIANCE = np.concatenate([np.full(D, 0.1), np.full(D, 30.0), np.full(D, 1.0), np.full(D, 0.1)]).astype(np.float32)
rng = np.random.default_rng(a.seed)
F = np.float64 if a.check else np.float32


def lines(path):
    with gzip.open(path, "rt") as f:
        for line in f: yield json.loads(line)


def retained(n):
    k = -(-L // 4)
    return n if n <= L else L - k + 1 + (n - L - 1) % k


def load(folder):
    """Requests as rows: behaviors [T] of (item, category) rows, candidates [N], clicks, true probabilities."""
    times, items = {}, {}
    for b in lines(folder + "/behaviors.jsonl.gz"):
        times.setdefault(b["user_id"], []).append(b["timestamp"])
        items.setdefault(b["user_id"], []).append(int(b["item"][1:]) + 1)
    out = []
    for r, t in zip(lines(folder + "/requests.jsonl.gz"), lines(folder + "/truth.jsonl.gz")):
        k = int(np.searchsorted(times.get(r["user_id"], []), r["timestamp"], side="right"))
        his = items.get(r["user_id"], [])[k - retained(k):k]
        out.append((np.array(his, np.int32), np.array([int(c["item"][1:]) + 1 for c in r["candidates"]], np.int32),
                    np.array(t["clicked"], np.float32), np.array(t["probability"], np.float32), r["user_id"]))
    return out


def category(item): return np.where(item > 0, (item - 1) // (ITEMS // CATEGORIES) + 1, 0)
def sigmoid(x): return 1 / (1 + np.exp(-x))


def glorot(rows, cols): return (rng.standard_normal((rows, cols)) * (2 / (rows + cols)) ** 0.5).astype(F)


P = {"embedding.item": rng.standard_normal((ITEMS + 1, DIM)) * 0.05, "embedding.category": rng.standard_normal((CATEGORIES + 1, DIM)) * 0.1,
     "attention.weight": glorot(H, D) * 3}
for g in ("extractor", "evolution"):
    P[g + ".input.weight"] = np.vstack([glorot(H, D) for _ in range(3)]); P[g + ".input.bias"] = np.zeros(3 * H)
    P[g + ".recurrent.weight"] = np.vstack([glorot(H, H) for _ in range(3)])
n = 4 * D
for i, w in enumerate(HIDDEN, 1):
    P[f"mlp.hidden{i}.weight"] = glorot(w, n); P[f"mlp.hidden{i}.bias"] = np.zeros(w); P[f"mlp.hidden{i}.alpha"] = np.full(w, 0.1); n = w
P["mlp.output.weight"] = glorot(1, n); P["mlp.output.bias"] = np.zeros(1)
P = {k: v.astype(F) for k, v in P.items()}


def batch(rows):
    T = max(1, max(len(r[0]) for r in rows))
    his = np.zeros((len(rows), T), np.int32); mask = np.zeros((len(rows), T), F)
    for b, r in enumerate(rows): his[b, :len(r[0])] = r[0]; mask[b, :len(r[0])] = 1
    return his, mask, np.stack([r[1] for r in rows]), np.stack([r[2] for r in rows]).astype(F)


def embed(i): return np.concatenate([P["embedding.item"][i], P["embedding.category"][category(i)]], -1)


def gru(pin, u_w, bias, mask, a=None):
    """pin [B, 1 or N, T, 3H] projections, mask [B, T], a [B, N, T] or None; returns states [T][B, N, H] and what backward needs."""
    B, N, T = pin.shape[0], (a.shape[1] if a is not None else 1), pin.shape[2]
    g = np.zeros((B, N, H), F); steps, out = [], []
    for t in range(T):
        gi = pin[:, :, t] + bias; gh = g @ u_w.T
        u = sigmoid(gi[..., :H] + gh[..., :H]); r = sigmoid(gi[..., H:2 * H] + gh[..., H:2 * H])
        c = np.tanh(gi[..., 2 * H:] + r * gh[..., 2 * H:])
        m = mask[:, None, t, None]; at = a[:, :, t, None] if a is not None else 1
        steps.append((g, u, r, c, gh[..., 2 * H:], m, at))
        g = g + m * at * u * (c - g); out.append(g)
    return out, steps


def gru_back(dout, steps, u_w, has_a):
    """dout [T][B, N, H] gradients of each state; returns d of pin [B, N, T, 3H], of U, of bias, of a."""
    dU = np.zeros_like(u_w); db = np.zeros(3 * H, F); dpin, da = [], []
    dg = np.zeros_like(steps[0][0])
    for t in reversed(range(len(steps))):
        g, u, r, c, hc, m, at = steps[t]
        dg = dg + dout[t]
        dn = dg * m                                    # through n = at * u * (c - g)
        dgate = dn * (c - g); dc = dn * at * u * (1 - c * c)
        du = dgate * at * u * (1 - u); dr = dc * hc * r * (1 - r)
        if has_a: da.append((dgate * u).sum(-1))
        di = np.concatenate([du, dr, dc], -1); dh = np.concatenate([du, dr, dc * r], -1)
        dpin.append(di); db += di.sum((0, 1))
        dU += np.tensordot(dh, g, ((0, 1), (0, 1)))
        dg = dg - dn * at * u + dh @ u_w
    return np.stack(dpin[::-1], 2), dU, db, (np.stack(da[::-1], 2) if has_a else None)


def forward_backward(his, mask, ads, y, negatives=None, backward=True):
    B, T = his.shape; N = ads.shape[1]
    x = embed(his) * mask[..., None]; e = embed(ads); p = x.sum(1)
    pin = (x @ P["extractor.input.weight"].T)[:, None]
    hs, hsteps = gru(pin, P["extractor.recurrent.weight"], P["extractor.input.bias"], mask)
    h = np.stack(hs, 2)[:, 0]                                                   # [B, T, H]
    q = e @ P["attention.weight"].T                                            # [B, N, H]
    s = np.einsum("bth,bnh->bnt", h, q) + (mask[:, None] - 1) * 1e9
    s = np.exp(s - s.max(-1, keepdims=True)); att = s / s.sum(-1, keepdims=True) * (mask.sum(1) > 0)[:, None, None]
    pe = (h @ P["evolution.input.weight"].T)[:, None]
    gs, gsteps = gru(pe, P["evolution.recurrent.weight"], P["evolution.input.bias"], mask, att)
    g = gs[-1]
    pb = np.broadcast_to(p[:, None], e.shape)
    scale = 1 / np.sqrt(VARIANCE + 1e-3)
    z = [np.concatenate([e, pb, e * pb, g], -1) * scale]; pre = []
    for i in (1, 2):
        v = z[-1] @ P[f"mlp.hidden{i}.weight"].T + P[f"mlp.hidden{i}.bias"]; pre.append(v)
        z.append(np.where(v > 0, v, P[f"mlp.hidden{i}.alpha"] * v))
    logit = (z[-1] @ P["mlp.output.weight"].T)[..., 0] + P["mlp.output.bias"]
    if not backward: return sigmoid(logit)
    loss = np.mean(np.maximum(logit, 0) - logit * y + np.log1p(np.exp(-abs(logit))))
    G = {}
    dl = ((sigmoid(logit) - y) / y.size)[..., None]
    G["mlp.output.weight"] = np.tensordot(dl, z[-1], ((0, 1), (0, 1))); G["mlp.output.bias"] = dl.sum((0, 1))
    dz = dl @ P["mlp.output.weight"]
    for i in (2, 1):
        v = pre[i - 1]; al = P[f"mlp.hidden{i}.alpha"]
        G[f"mlp.hidden{i}.alpha"] = (dz * np.minimum(v, 0)).sum((0, 1)); dv = dz * np.where(v > 0, 1, al)
        G[f"mlp.hidden{i}.weight"] = np.tensordot(dv, z[i - 1], ((0, 1), (0, 1))); G[f"mlp.hidden{i}.bias"] = dv.sum((0, 1))
        dz = dv @ P[f"mlp.hidden{i}.weight"]
    dz = dz * scale
    de = dz[..., :D] + dz[..., 2 * D:3 * D] * pb; dp = (dz[..., D:2 * D] + dz[..., 2 * D:3 * D] * e).sum(1)
    dgs = [0] * T; dgs[-1] = dz[..., 3 * D:]
    dpe, dU, db, datt = gru_back(dgs, gsteps, P["evolution.recurrent.weight"], True)
    G["evolution.recurrent.weight"], G["evolution.input.bias"] = dU, db
    dpe = dpe.sum(1); dh = dpe @ P["evolution.input.weight"]
    G["evolution.input.weight"] = np.tensordot(dpe, h, ((0, 1), (0, 1)))
    ds = att * (datt - (att * datt).sum(-1, keepdims=True))
    dh += np.einsum("bnt,bnh->bth", ds, q); dq = np.einsum("bnt,bth->bnh", ds, h)
    G["attention.weight"] = np.tensordot(dq, e, ((0, 1), (0, 1))); de += dq @ P["attention.weight"]
    dx = np.repeat(dp[:, None], T, 1)
    dneg = None
    if negatives is not None and T > 1:                                          # auxiliary loss, inner product form
        xn = embed(negatives); m = mask[:, 1:, None] * a.aux / max(1, mask[:, 1:].sum())
        sp = (h[:, :-1] * x[:, 1:]).sum(-1, keepdims=True); sn = (h[:, :-1] * xn[:, 1:]).sum(-1, keepdims=True)
        loss += (m * (np.log1p(np.exp(-sp)) + np.log1p(np.exp(sn)))).sum()
        gp, gn = (sigmoid(sp) - 1) * m, sigmoid(sn) * m
        dh[:, :-1] += gp * x[:, 1:] + gn * xn[:, 1:]; dx[:, 1:] += gp * h[:, :-1]
        dneg = np.zeros_like(xn); dneg[:, 1:] = gn * h[:, :-1]
    dhs = [dh[:, None, t] for t in range(T)]
    dpin, dU, db, _ = gru_back(dhs, hsteps, P["extractor.recurrent.weight"], False)
    G["extractor.recurrent.weight"], G["extractor.input.bias"] = dU, db
    dpin = dpin[:, 0]; dx += dpin @ P["extractor.input.weight"]
    G["extractor.input.weight"] = np.tensordot(dpin, x, ((0, 1), (0, 1)))
    dx *= mask[..., None]
    G["embedding.item"] = np.zeros_like(P["embedding.item"]); G["embedding.category"] = np.zeros_like(P["embedding.category"])
    for ids, d in ((his, dx), (ads, de)) + (((negatives, dneg),) if dneg is not None else ()):
        np.add.at(G["embedding.item"], ids.ravel(), d.reshape(-1, D)[:, :DIM])
        np.add.at(G["embedding.category"], category(ids).ravel(), d.reshape(-1, D)[:, DIM:])
    return loss, G


def auc(p, y):
    order = np.argsort(p, kind="stable"); ranks = np.empty(len(p)); ranks[order] = np.arange(1, len(p) + 1)
    pos = y > 0; k = pos.sum()
    return (ranks[pos].sum() - k * (k + 1) / 2) / (k * (len(y) - k))


def evaluate(rows):
    rows = sorted(rows, key=lambda r: len(r[0])); p = []
    for k in range(0, len(rows), 256): p.append(forward_backward(*batch(rows[k:k + 256]), backward=False).ravel())
    y = np.concatenate([r[2] for r in rows])
    return auc(np.concatenate(p), y), auc(np.concatenate([r[3] for r in rows]), y)


def check():
    rows = [(rng.integers(1, ITEMS, k).astype(np.int32), rng.integers(1, ITEMS, 3).astype(np.int32), np.array([0, 1, 0.0]), None, "u") for k in (0, 1, 4)]
    for k in P: P[k] = P[k] + rng.standard_normal(P[k].shape) * 0.2
    b = batch(rows); neg = rng.integers(1, ITEMS, b[0].shape)
    _, G = forward_backward(*b, negatives=neg)
    for k, v in P.items():
        i = np.unravel_index(np.argmax(abs(G[k])), v.shape); old = v[i]
        v[i] = old + 1e-5; up = forward_backward(*b, negatives=neg)[0]; v[i] = old - 1e-5; down = forward_backward(*b, negatives=neg)[0]; v[i] = old
        d = (up - down) / 2e-5; print(f"{k:32s} by hand {G[k][i]: .8f}  by differences {d: .8f}"); assert abs(d - G[k][i]) < 1e-6
    print("gradients ok")


def save(out):
    os.makedirs(out + "/vocabulary", exist_ok=True)
    T = {k: v.astype(np.float32) for k, v in P.items()}
    T.update({"mlp.norm.scale": np.ones(4 * D, np.float32), "mlp.norm.shift": np.zeros(4 * D, np.float32),
              "mlp.norm.mean": np.zeros(4 * D, np.float32), "mlp.norm.variance": VARIANCE})
    T["embedding.item"][0] = 0; T["embedding.category"][0] = 0                    # unknown: no opinion
    header, at, body = {}, 0, b""
    for k in sorted(T):
        data = T[k].tobytes(); header[k] = {"dtype": "F32", "shape": list(T[k].shape), "data_offsets": [at, at + len(data)]}; at += len(data); body += data
    text = json.dumps(header).encode(); text += b" " * (-len(text) % 8)
    open(out + "/weights.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + body)
    open(out + "/vocabulary/item.txt", "w").write("".join(f"i{k}\n" for k in range(ITEMS)))
    open(out + "/vocabulary/category.txt", "w").write("".join(f"c{k}\n" for k in range(CATEGORIES)))
    both = [{"name": "item", "embedding": "item"}, {"name": "category", "embedding": "category"}]
    emb = lambda n, r: {"rows": r, "dim": DIM, "encoding": {"type": "vocabulary", "file": f"vocabulary/{n}.txt"}}
    json.dump({"format": "dien/1", "name": "demo", "version": "1", "architecture": "dien",
               "embeddings": {"item": emb("item", ITEMS + 1), "category": emb("category", CATEGORIES + 1)},
               "fields": {"behavior": both, "ad": both, "user": [], "context": []}, "sequence": {"max_length": L}, "hidden": H,
               "attention": {"type": "bilinear"}, "evolution": {"gate": "paper"},
               "mlp": {"hidden": list(HIDDEN), "activation": "prelu", "norm_epsilon": 1e-3, "dice_epsilon": 1e-8}},
              open(out + "/model.json", "w"), indent=2)


if a.check: check(); raise SystemExit
train, test = load(a.train), load(a.test)
users = sorted({r[4] for r in train}); held = set(users[::20])
valid = [r for r in train if r[4] in held]; train = [r for r in train if r[4] not in held]
pool = np.concatenate([r[0][-1:] for r in train])                                  # negatives by popularity
m = {k: np.zeros_like(v) for k, v in P.items()}; v2 = {k: np.zeros_like(v) for k, v in P.items()}
step, best = 0, 0
for epoch in range(a.epochs):
    t0, losses = time.time(), []
    order = rng.permutation(len(train)); lr = a.lr * 0.5 ** max(0, epoch - a.epochs // 2)
    window = a.batch * 20; batches = []
    for k in range(0, len(order), window):
        w = sorted(order[k:k + window], key=lambda i: len(train[i][0])); batches += [w[j:j + a.batch] for j in range(0, len(w), a.batch)]
    for i in rng.permutation(len(batches)):
        b = batch([train[j] for j in batches[i]])
        loss, G = forward_backward(*b, negatives=pool[rng.integers(len(pool), size=b[0].shape)])
        step += 1; losses.append(loss); norm = np.sqrt(sum(float((g * g).sum()) for g in G.values())); clip = min(1, 1 / (norm + 1e-9))
        for k, g in G.items():
            g = g * clip
            m[k] += 0.1 * (g - m[k]); v2[k] += 0.001 * (g * g - v2[k])
            P[k] -= lr * (m[k] / (1 - 0.9 ** step)) / (np.sqrt(v2[k] / (1 - 0.999 ** step)) + 1e-8)
    va, _ = evaluate(valid)
    print(f"epoch {epoch} loss {np.mean(losses):.4f} validation AUC {va:.4f} {time.time() - t0:.0f} s {len(batches)} batches", flush=True)
    if va > best: best = va; save(a.out)
    else: break
ta, tb = evaluate(test)
print(f"test AUC {ta:.4f}, of the true probabilities {tb:.4f}: {(ta - 0.5) / (tb - 0.5):.1%} of the way from 0.5")
