"""Speed and memory beside PyTorch, on the same threads and the same work: ``python -m benchmarks``."""
