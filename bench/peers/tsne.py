"""scikit-learn's t-SNE, one thread, with its defaults, which are ours: Barnes and Hut, principal components first.
python3 tsne.py FILE N D  of float32 numbers (N,D)  prints {"peer","version","losses","outputs","times"}: the divergence, the
layout row by row, milliseconds; Debian: python3-sklearn"""
import json, sys, time
import numpy as np
import sklearn
from sklearn.manifold import TSNE

x = np.fromfile(sys.argv[1], np.float32).reshape(int(sys.argv[2]), int(sys.argv[3]))
tsne = TSNE(method="barnes_hut", init="pca", learning_rate="auto", random_state=1, n_jobs=1)
start = time.perf_counter()
layout = tsne.fit_transform(x)
times = [1e3 * (time.perf_counter() - start)]
print(json.dumps({"peer": "scikit-learn, 1 thread", "version": sklearn.__version__, "losses": [float(tsne.kl_divergence_)], "outputs": layout.ravel().tolist(), "times": times}))
