"""Single sign-on with one OpenID Connect provider, beside password and second factor. Off without settings."""
