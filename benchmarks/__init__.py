"""What Linehouse does in a second, each figure beside a baseline of the same run."""
