"""What each template receives: one dataclass, as `page`, and nothing else."""
