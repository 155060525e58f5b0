"""The pages of the statistician, the second signer and the imaging lead."""
