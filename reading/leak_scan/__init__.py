"""Whether anything a reader could perceive predicts the true order."""
