"""The demo trial: real films through the real intake, read by simulated readers through the real domain functions."""
