"""The QC desk: masks, joints, and the decision on each film."""
