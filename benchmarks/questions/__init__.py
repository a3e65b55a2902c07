"""The essay's open questions, each an experiment: run records in benchmarks/results."""
