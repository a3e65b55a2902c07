"""Speed and memory of keras_gt beside PyTorch Geometric: `python -m benchmarks`."""
