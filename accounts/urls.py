"""Addresses of the home page, sign-in and accounts."""

from __future__ import annotations

from django.urls import path

from accounts.views import health, own, passwords, people, sign_in, sign_in_over, sign_on, start

urlpatterns = [
    path("", start.home, name="home"),
    path("help/", start.help_page, name="help"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.sign_in_code, name="sign_in_code"),
    path("sign-in/over/", sign_in_over.sign_in_over, name="sign_in_over"),
    path("sign-on/", sign_on.sign_on, name="sign_on"),
    path("sign-on/callback/", sign_on.sign_on_callback, name="sign_on_callback"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("password/forgotten/", passwords.forgotten, name="password_forgotten"),
    path("password/new/<str:token>/", passwords.password_new, name="password_new"),
    path("invitation/<str:token>/", passwords.invitation, name="invitation"),
    path("you/", own.profile, name="profile"),
    path("you/password/", passwords.password_change, name="password_change"),
    path("you/second-factor/", own.second_factor, name="second_factor"),
    path("you/second-factor/remove/", own.second_factor_remove, name="second_factor_remove"),
    path("you/second-factor/codes/", own.recovery_codes, name="recovery_codes"),
    path("you/sign-on/", sign_on.sign_on_link, name="sign_on_link"),
    path("you/sign-on/done/", sign_on.sign_on_done, name="sign_on_done"),
    path("you/sign-on/remove/", sign_on.sign_on_remove, name="sign_on_remove"),
    path("accounts/", people.accounts, name="accounts"),
    path("accounts/invite/", people.invite, name="account_invite"),
    path("accounts/<int:pk>/", people.account, name="account"),
    path("accounts/<int:pk>/<slug:step>/", people.account_step, name="account_step"),
    path("health/", health.health, name="health"),
    path("health/jobs/", health.jobs, name="jobs"),
    path("health/jobs/<int:pk>/retry/", health.retry_job, name="retry_job"),
]
