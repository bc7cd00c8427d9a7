from jobs.tests.bench import bench

__all__ = ["bench"]
