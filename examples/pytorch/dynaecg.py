"""DynaECG-Net in PyTorch, with the names of dynaecg's state dictionaries, and dynaecg's files in and out.

    model, metadata = load_model("model.safetensors")   # written by saveModel or encodeModel
    embeddings, logits = model(x, context)              # x (B,C,L), context (B,F) or None
    save_model("tuned.safetensors", model, metadata)    # read by loadModel or decodeModel

Debian: python3-torch. Neither the package safetensors nor any other is needed.
"""
import json
import struct

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class AttentionPool(nn.Module):
    """h (T,B,D) to (B,D), by a softmax over time of w.h, or of w.tanh(W h + b)."""

    def __init__(self, features, score="dot"):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, features).uniform_(-1, 1) / features**0.5)
        self.proj = nn.Linear(features, features) if score == "additive" else None

    def forward(self, h):
        keys = h if self.proj is None else torch.tanh(self.proj(h))
        return (torch.softmax(keys @ self.weight.T, 0) * h).sum(0)


class ChannelAttention(nn.Module):
    """Squeeze-and-excitation over x (B,C,L)."""

    def __init__(self, channels, reduction=4):
        super().__init__()
        hidden = max(1, channels // reduction)
        self.fc1, self.fc2 = nn.Linear(channels, hidden), nn.Linear(hidden, channels)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean(2)))))[:, :, None]


class Embedder(nn.Module):
    """x (B,C,L), and context (B,F) if the configuration has contextFeatures, to unit vectors (B,d)."""

    DEFAULTS = dict(
        length=253, inChannels=1, channels=(32, 64), kernel=5, hidden=64, features=128, embedding=64,
        attention="dot", channelAttention=False, dropout=0.0, contextFeatures=0,
    )

    def __init__(self, **config):
        super().__init__()
        unknown = config.keys() - self.DEFAULTS.keys()
        if unknown:
            raise ValueError(f"Embedder: expected {', '.join(self.DEFAULTS)}, got {', '.join(unknown)}")
        self.config = c = {**self.DEFAULTS, **config}
        first, second = c["channels"]
        padding = (c["kernel"] - 1) // 2
        self.conv1, self.bn1 = nn.Conv1d(c["inChannels"], first, c["kernel"], padding=padding), nn.BatchNorm1d(first)
        self.conv2, self.bn2 = nn.Conv1d(first, second, c["kernel"], padding=padding), nn.BatchNorm1d(second)
        self.channel_attention = ChannelAttention(second) if c["channelAttention"] else None
        self.lstm = nn.LSTM(second, c["hidden"], bidirectional=True)
        self.attention = AttentionPool(2 * c["hidden"], c["attention"])
        self.fc1 = nn.Linear(2 * c["hidden"] + c["contextFeatures"], c["features"])
        self.fc2 = nn.Linear(c["features"], c["embedding"])
        self.dropout = nn.Dropout(c["dropout"])

    def forward(self, x, context=None):
        x = F.max_pool1d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool1d(F.relu(self.bn2(self.conv2(x))), 2)
        if self.channel_attention is not None:
            x = self.channel_attention(x)
        h, _ = self.lstm(x.permute(2, 0, 1))
        pooled = self.dropout(self.attention(h))
        if context is not None:
            pooled = torch.cat([pooled, context], 1)
        return F.normalize(self.fc2(self.dropout(F.relu(self.fc1(pooled)))), dim=1)


class MlpClassifier(nn.Module):
    """Embeddings (B,d) to logits (B,K)."""

    def __init__(self, inFeatures, hidden, classes):
        super().__init__()
        self.config = dict(inFeatures=inFeatures, hidden=hidden, classes=classes)
        self.fc1, self.fc2 = nn.Linear(inFeatures, hidden), nn.Linear(hidden, classes)

    def forward(self, z):
        return self.fc2(F.relu(self.fc1(z)))


class Network(nn.Module):
    """An embedder and its classifier, or None: embeddings, and logits or None."""

    def __init__(self, embedder, classifier):
        super().__init__()
        self.embedder, self.classifier = embedder, classifier

    def forward(self, x, context=None):
        z = self.embedder(x, context)
        return z, self.classifier and self.classifier(z)


class Model(nn.Module):
    """One network or several: their embeddings side by side, and the mean of their logits, or None."""

    def __init__(self, networks):
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, x, context=None):
        embeddings, logits = zip(*(network(x, context) for network in self.networks))
        joined = torch.cat(embeddings, 1) / len(embeddings) ** 0.5
        return joined, None if None in logits else torch.stack(logits).mean(0)


def load_model(path):
    """The model in a file of dynaecg, and the file's metadata, as texts."""
    tensors, metadata = read_safetensors(path)
    if metadata.get("format") != "dynaecg 2":
        raise ValueError(f"load_model: expected the format dynaecg 2, got {metadata.get('format')}")
    model = Model(
        Network(Embedder(**one["embedder"]), one.get("classifier") and MlpClassifier(**one["classifier"]))
        for one in json.loads(metadata["networks"])
    )
    model.load_state_dict({name: value for name, value in tensors.items() if name != "centroids"})
    return model.eval(), metadata


def save_model(path, model, metadata):
    """Writes a model for dynaecg. The clusters of a NoveltyDetector, which are of samples and not of weights, are left out."""
    configurations = [
        {"embedder": n.embedder.config, "classifier": n.classifier and n.classifier.config} for n in model.networks
    ]
    kept = {key: text for key, text in metadata.items() if key != "clusters"}
    about = {"about": "{}", **kept, "format": "dynaecg 2", "networks": json.dumps(configurations)}
    write_safetensors(path, {name: value.float() for name, value in model.state_dict().items()}, about)


def rename(state, parts):
    """A state dictionary under other names: {"features.0": "conv1"} makes features.0.weight conv1.weight."""

    def renamed(name):
        for old, new in parts.items():
            if name == old or name.startswith(old + "."):
                return new + name[len(old):]
        return name

    return {renamed(name): value for name, value in state.items()}


# ---- safetensors: 8 bytes with the length of a JSON header, the header, the numbers

NUMPY = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "BOOL": "?"}


def read_safetensors(path):
    """Tensors by name, in their own types (BF16 as float32), and the metadata."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__", {})

    def tensor(entry):
        start, end = entry["data_offsets"]
        if entry["dtype"] == "BF16":  # the upper half of a float32
            values = (np.frombuffer(data[start:end], "<u2").astype("<u4") << 16).view("<f4")
        else:
            values = np.frombuffer(data[start:end], NUMPY[entry["dtype"]])
        return torch.from_numpy(values.reshape(entry["shape"]).copy())

    return {name: tensor(entry) for name, entry in header.items()}, metadata


def write_safetensors(path, tensors, metadata=None):
    """Writes tensors of any of these types, bfloat16 too, and texts as metadata."""
    header, parts, at = {"__metadata__": metadata or {}}, [], 0
    for name, tensor in tensors.items():
        values = tensor.detach().cpu().contiguous()
        if values.dtype == torch.bfloat16:
            dtype, array = "BF16", values.view(torch.int16).numpy()
        else:
            array = values.numpy()
            dtype = next(key for key, kind in NUMPY.items() if np.dtype(kind) == array.dtype)
        parts.append(array.tobytes())
        header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [at, at + len(parts[-1])]}
        at += len(parts[-1])
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))
