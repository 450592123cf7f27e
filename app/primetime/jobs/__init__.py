"""The queue: tasks, and the worker that runs them."""
