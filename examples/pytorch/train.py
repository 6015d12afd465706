"""Trains a model of dynaecg on in PyTorch, in one process or several, and writes it back.

    python3 train.py MODEL BEATS OUT [--epochs 10] [--batch 64] [--rate 0.001] [--margin 0.2] [--processes 1] [--seed 0]

MODEL is a file of saveModel, with a classifier. BEATS is a file of encodeSafetensors with x (N,C,L), labels (N) and, for a
model that takes it, context (N,F). OUT is read by loadModel. Each epoch is a line of JSON.

The loss of each network is cross-entropy plus the triplet hinge over all triplets that violate the margin. With several
processes, DistributedDataParallel averages their gradients over gloo: each takes its part of every batch, and batch norm
sees that part alone.

Debian: python3-torch
"""
import argparse
import json
import os
import tempfile

import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F
from torch import nn

from dynaecg import load_model, read_safetensors, save_model


class Members(nn.Module):
    """The networks of a model, each with its own embeddings and logits, as one module."""

    def __init__(self, model):
        super().__init__()
        self.networks = model.networks

    def forward(self, x, context):
        return [network(x, context) for network in self.networks]


def triplet_loss(z, labels, margin):
    """The mean of d_ap - d_an + margin over all triplets where it is above 0; d is squared."""
    d = (z[:, None] - z[None]).square().sum(2)
    same = labels[:, None] == labels
    positive = same & ~torch.eye(len(labels), dtype=torch.bool)
    hinge = d[:, :, None] - d[:, None, :] + margin
    violating = positive[:, :, None] & ~same[:, None, :] & (hinge > 0)
    return hinge[violating].sum() / violating.sum().clamp(min=1)


def train(rank, options, rendezvous):
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    model, metadata = load_model(options.model)
    beats, _ = read_safetensors(options.beats)
    x, labels, context = beats["x"].float(), beats["labels"].long(), beats.get("context")
    members = Members(model)
    if options.processes > 1:
        store = f"file://{rendezvous}"
        distributed.init_process_group("gloo", init_method=store, rank=rank, world_size=options.processes)
        members = nn.parallel.DistributedDataParallel(members)
    optimizer = torch.optim.AdamW(members.parameters(), lr=options.rate)
    for epoch in range(options.epochs):
        members.train()
        order, total, batches = torch.randperm(len(x)), 0.0, 0  # the same in every process
        for batch in order.split(options.batch):
            own = batch[rank :: options.processes]
            if len(batch) < 2 * options.processes:
                continue  # batch norm needs two samples
            outputs = members(x[own], None if context is None else context[own])
            loss = sum(F.cross_entropy(logits, labels[own]) for _, logits in outputs)
            loss = loss + sum(triplet_loss(z, labels[own], options.margin) for z, _ in outputs)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total, batches = total + loss.item(), batches + 1
        if rank == 0:
            line = {"epoch": epoch + 1, "loss": total / max(1, batches), "accuracy": accuracy(model, x, labels, context)}
            print(json.dumps(line), flush=True)
    if rank == 0:
        save_model(options.out, model, metadata)
    if options.processes > 1:
        distributed.barrier()
        distributed.destroy_process_group()


def accuracy(model, x, labels, context):
    model.eval()
    with torch.no_grad():
        _, logits = model(x, context)
    return (logits.argmax(1) == labels).float().mean().item()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Trains a model of dynaecg on in PyTorch.")
    for name in ("model", "beats", "out"):
        parser.add_argument(name)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=0.001)
    parser.add_argument("--margin", type=float, default=0.2)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.processes == 1:
        train(0, options, None)
    else:
        with tempfile.TemporaryDirectory() as folder:
            rendezvous = os.path.join(folder, "rendezvous")
            multiprocessing.spawn(train, (options, rendezvous), nprocs=options.processes)
