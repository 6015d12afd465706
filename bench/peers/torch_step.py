"""One training step of the same network in PyTorch: forward, semi-hard mining, backward, AdamW.
python3 torch_step.py STEPS BATCH THREADS [CONFIG]  prints {"peer","version","parameters","losses","times","processor"}: CONFIG is the
network's, as JSON; milliseconds, processor time per step. Debian: python3-torch"""
import json, os, sys, time
import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../examples/pytorch"))
from dynaecg import Embedder

steps, batch, threads = map(int, sys.argv[1:4])
config = json.loads(sys.argv[4]) if len(sys.argv) > 4 else {}
torch.set_num_threads(threads)
torch.manual_seed(1)


def nearest_semi_hard(d, y, margin):
    same = y[:, None] == y[None]
    a, p = (same & ~torch.eye(len(y), dtype=torch.bool)).nonzero(as_tuple=True)
    ap, an = d[a, p], d[a]
    band = ~same[a] & (an > ap[:, None]) & (an < ap[:, None] + margin)
    nearest, found = an.masked_fill(~band, float("inf")).min(1).values, band.any(1)
    return F.relu((ap - nearest + margin)[found]).sum() / found.sum().clamp(min=1)


net = Embedder(**config)
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
x, y = torch.randn(batch, net.config["inChannels"], net.config["length"]), torch.arange(batch) % 3
times, losses, spent = [], [], time.process_time()
for _ in range(steps):
    start = time.perf_counter()
    z = net(x)
    loss = nearest_semi_hard((z[:, None] - z[None]).square().sum(2), y, 0.2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    times.append(1e3 * (time.perf_counter() - start))
processor = 1e3 * (time.process_time() - spent) / steps
parameters = sum(p.numel() for p in net.parameters())
print(json.dumps({"peer": f"PyTorch, {threads} thread{'s' if threads > 1 else ''}", "version": torch.__version__, "parameters": parameters, "losses": losses, "times": times, "processor": processor}))
