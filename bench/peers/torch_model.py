"""DynaECG-Net's embedding network in PyTorch, with the library's default sizes and names."""
import torch
from torch import nn
import torch.nn.functional as F


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv1d(1, 32, 5, padding=2), nn.BatchNorm1d(32)
        self.conv2, self.bn2 = nn.Conv1d(32, 64, 5, padding=2), nn.BatchNorm1d(64)
        self.lstm = nn.LSTM(64, 64, bidirectional=True)
        self.attention = nn.Linear(128, 1, bias=False)
        self.fc1, self.fc2 = nn.Linear(128, 128), nn.Linear(128, 64)

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool1d(F.relu(self.bn2(self.conv2(x))), 2)
        h, _ = self.lstm(x.permute(2, 0, 1))
        context = (torch.softmax(self.attention(h), 0) * h).sum(0)
        return F.normalize(self.fc2(F.relu(self.fc1(context))), dim=1)
