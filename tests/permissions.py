"""Who may open what: one row for every route of the product. Everybody a row does not name is turned away.

Addresses name things that are not there: 404 for somebody named shows that he was let through and only the thing is
missing, and so do 400 and 409 for a POST without its input.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import Role

TRIAL_ROLES = [role.value for role in Role if role not in (Role.ADMINISTRATOR, Role.SYSTEM)]
WHO = [*TRIAL_ROLES, "administrator", "outsider", "anonymous"]


@dataclass(frozen=True)
class RoutePermissions:
    """What one route answers to whom.

    Anybody not named gets `otherwise` with a role in the trial, `strangers` without one (404: as if it were not
    there), `anonymous` when not signed in (302: to signing in).
    """

    answers: dict[str, int]
    method: str = "get"
    otherwise: int = 403
    strangers: int = 404
    anonymous: int = 302

    def expected(self, who: str) -> int:
        """The status that person is to get."""
        if who in self.answers:
            return self.answers[who]
        if who == "anonymous":
            return self.anonymous
        return self.otherwise if who in TRIAL_ROLES else self.strangers


def trial(answers: str, method: str = "get") -> RoutePermissions:
    """A page of a trial: "coordinator=200 sponsor=200"; everybody else is refused."""
    pairs = (pair.split("=") for pair in answers.split())
    return RoutePermissions({who: int(status) for who, status in pairs}, method)


def installation(answers: str, method: str = "get", otherwise: int = 403) -> RoutePermissions:
    """A page of no trial: strangers to the trial are refused like everybody else."""
    return RoutePermissions(trial(answers).answers, method, otherwise=otherwise, strangers=otherwise)


def own(status: int = 200, method: str = "get") -> RoutePermissions:
    """A page everybody has for himself."""
    return RoutePermissions({}, method, otherwise=status, strangers=status)


def world(status: int = 200, method: str = "get", anonymous: int | None = None) -> RoutePermissions:
    """A page that is open without signing in."""
    return RoutePermissions({}, method, status, status, status if anonymous is None else anonymous)


def read(method: str = "get") -> RoutePermissions:
    """A page of one read, found by a token: whoever does not hold the read is told it is not there."""
    return RoutePermissions({}, method, otherwise=404)


ACCOUNTS = {
    "home": own(),
    "help": own(),
    "sign_in": world(302, anonymous=200),
    "sign_in_code": world(200, "post"),
    "sign_in_over": world(200),
    "sign_on": world(404),
    "sign_on_callback": world(404),
    "sign_out": world(302, "post"),
    "password_forgotten": world(200),
    "password_new": world(302),
    "invitation": world(302),
    "profile": own(),
    "password_change": own(),
    "second_factor": own(),
    "second_factor_remove": own(302, "post"),
    "recovery_codes": own(302, "post"),
    "sign_on_link": own(404),
    "sign_on_done": own(404),
    "sign_on_remove": own(404, "post"),
    "accounts": installation("administrator=200"),
    "account_invite": installation("administrator=200"),
    "account": installation("administrator=404"),
    "account_step": installation("administrator=404", "post"),
}
JOBS = {
    "health": installation("administrator=200"),
    "jobs": installation("administrator=200"),
    "retry_job": installation("administrator=404", "post"),
    "healthz": world(503),
}
STUDIES = {
    "studies:new_trial": installation("coordinator=200"),
    "studies:trial": RoutePermissions({"coordinator": 200}, otherwise=302),
    "studies:set_up": trial("coordinator=200"),
    "studies:sites": trial("coordinator=200"),
    "studies:change_site": trial("coordinator=404"),
    "studies:plans": trial("coordinator=200"),
    "studies:change_plan": trial("coordinator=404"),
    "studies:subjects": trial("coordinator=200"),
    "studies:import_table": trial("coordinator=404"),
    "studies:write_table": trial("coordinator=404", "post"),
    "studies:example_table": trial("coordinator=404"),
    "studies:members": trial("coordinator=200"),
    "studies:end_membership": trial("coordinator=404"),
    "studies:roles_to_confirm": installation("coordinator=200 administrator=200"),
    "studies:decide_role": installation("coordinator=404 administrator=404"),
    "studies:arms": trial("coordinator=200 custodian=200"),
    "studies:arms_choose": trial("coordinator=200"),
    "studies:arms_key": trial("custodian=200"),
    "studies:arms_confirm": trial("custodian=404"),
    "studies:arms_import": trial("custodian=200"),
    "studies:custodian_script": trial("custodian=200"),
    "studies:visits": trial("coordinator=200"),
    "studies:visit": trial("coordinator=404"),
    "studies:not_done": trial("coordinator=404", "post"),
    "studies:absence": trial("coordinator=404", "post"),
    "studies:expect": trial("coordinator=404", "post"),
    "studies:subject": trial("coordinator=404"),
    "studies:films": trial("coordinator=200"),
    "studies:film": trial("coordinator=404"),
    "studies:questions": trial("coordinator=200"),
    "studies:new_question": trial("coordinator=404"),
    "studies:question": trial("coordinator=404"),
    "studies:close_question": trial("coordinator=404", "post"),
    "studies:reopen_question": trial("coordinator=404", "post"),
    "studies:remind": trial("coordinator=404", "post"),
    "studies:completeness": trial("coordinator=200 statistician=200 sponsor=200"),
    "studies:calendar": trial("coordinator=200 statistician=200 sponsor=200"),
    "studies:remind_sites": trial("coordinator=302", "post"),
    "studies:deviations": trial("coordinator=200 lead=200 statistician=200 sponsor=200 auditor=200"),
    "studies:new_deviation": trial("coordinator=200"),
    "studies:deviation": trial("coordinator=404 lead=404 statistician=404 sponsor=404 auditor=404"),
    "studies:deviation_version": trial("coordinator=404 lead=404 statistician=404 sponsor=404 auditor=404"),
    "studies:correct_deviation": trial("coordinator=404"),
    "studies:close_deviation": trial("coordinator=404", "post"),
    "studies:reopen_deviation": trial("coordinator=404", "post"),
    "studies:site": trial("site=200"),
    "studies:site_films": trial("site=200"),
    "studies:site_calendar": trial("site=200"),
    "studies:site_film": trial("site=404"),
    "studies:settle_film": trial("site=404", "post"),
    "studies:confirm_day": trial("site=404", "post"),
    "studies:confirm_days": trial("site=400", "post"),
    "studies:site_upload": trial("site=200"),
    "studies:upload_start": trial("site=200", "post"),
    "studies:upload_row": trial("site=404"),
    "studies:transmittal_pdf": trial("site=404"),
    "studies:transmittal_csv": trial("site=404"),
    "studies:upload_here": trial("site=400"),
    "studies:upload_finish": trial("site=400", "post"),
    "studies:upload_piece": trial("site=400", "put"),
    "studies:site_questions": trial("site=200"),
    "studies:site_question": trial("site=404"),
    "studies:desk": trial("coordinator=200"),
    "studies:desk_film": trial("coordinator=404"),
    "studies:desk_picture": trial("coordinator=404"),
    "studies:desk_accept": trial("coordinator=404", "post"),
    "studies:desk_reject": trial("coordinator=404", "post"),
    "studies:desk_question": trial("coordinator=404", "post"),
    "studies:desk_withdraw": trial("coordinator=404", "post"),
    "studies:desk_reopen": trial("coordinator=404", "post"),
    "studies:desk_masks": trial("coordinator=404", "post"),
    "studies:masks": trial("checker=200"),
    "studies:mask": trial("checker=404"),
    "studies:mask_picture": trial("checker=404"),
    "studies:mask_confirm": trial("checker=404", "post"),
    "studies:mask_refuse": trial("checker=404", "post"),
    "studies:joints": trial("coordinator=200"),
    "studies:joint_image": trial("coordinator=404"),
    "studies:joint_fit": trial("coordinator=404", "post"),
    "studies:joint_place": trial("coordinator=404", "post"),
    "studies:joint_picture": trial("coordinator=404"),
    # Machines: a session opens nothing here, only a bearer token does.
    "studies:dicomweb_store": world(401, "post"),
    "studies:dicomweb_store_study": world(401, "post"),
}
READING = {
    "reading:charters": trial("coordinator=200 auditor=200 lead=200"),
    "reading:write-charter": trial("coordinator=200"),
    "reading:charter": trial("coordinator=404 auditor=404 lead=404"),
    "reading:charter-pdf": trial("coordinator=404 auditor=404 lead=404"),
    "reading:charter-paper": trial("coordinator=404 auditor=404 lead=404"),
    "reading:qualifications": trial("coordinator=200 auditor=200"),
    "reading:disqualify": trial("coordinator=404"),
    "reading:qualify": trial("coordinator=404"),
    "reading:suspensions": trial("coordinator=200 auditor=200"),
    "reading:lift-suspension": trial("coordinator=404"),
    "reading:consent": trial("coordinator=200"),
    "reading:correct-consent": trial("coordinator=404"),
    "reading:instruct-consent": trial("coordinator=404"),
    "reading:documents": trial("coordinator=200 auditor=200"),
    "reading:withdraw-document": trial("coordinator=404"),
    "reading:affiliations": trial("coordinator=200 auditor=200"),
    "reading:end-affiliation": trial("coordinator=404"),
    "reading:progress": trial("coordinator=200 lead=200"),
    "reading:campaigns": trial("coordinator=200"),
    "reading:campaign": trial("coordinator=404"),
    "reading:leak-scan": trial("coordinator=404"),
    "reading:run-leak-scan": trial("coordinator=404", "post"),
    "reading:leak-figure": trial("coordinator=404"),
    "reading:training": trial("coordinator=404"),
    "reading:training-cases": trial("coordinator=404"),
    "reading:begin-training": trial("coordinator=404"),
    "reading:references": trial("lead=200"),
    "reading:reference": trial("lead=404"),
    "reading:resume": trial("coordinator=404", "post"),
    "reading:close": trial("coordinator=404", "post"),
    "reading:reopen": trial("coordinator=404"),
    "reading:amend": trial("coordinator=404"),
    "reading:cases": trial("coordinator=404 lead=404"),
    "reading:void": trial("coordinator=404"),
    "reading:assign": trial("coordinator=404"),
    "reading:remind": trial("coordinator=404"),
    "reading:adjudicators": trial("coordinator=404", "post"),
    "reading:reads": trial("coordinator=404"),
    "reading:queries": trial("coordinator=404"),
    "reading:move-film": trial("coordinator=404"),
    "reading:designate-film": trial("coordinator=404"),
    "reading:return": trial("coordinator=404"),
    "reading:replace": trial("coordinator=404"),
    "reading:settle": trial("coordinator=404"),
    "reading:worklist": installation("reader=200 adjudicator=200"),
    "reading:own-training": installation("reader=200 adjudicator=200"),
    "reading:guide": installation("reader=200 adjudicator=200"),
    "reading:past": installation("reader=200 adjudicator=200"),
    "reading:display-check": installation("reader=200 adjudicator=200"),
    "reading:screen": read(),
    "reading:values": read("post"),
    "reading:notes": read("post"),
    "reading:problem": read("post"),
    "reading:take-over": read("post"),
    "reading:review": read(),
    "reading:confirm": read("post"),
    "reading:sign": read("post"),
    "reading:signed": read(),
    "reading:decline": read(),
    "reading:preview": read(),
    "reading:band": read(),
}
SCORING = {
    "scoring:site_months": trial("coordinator=200 statistician=200 sponsor=200 auditor=200"),
    "scoring:results": trial("lead=200 statistician=200"),
    "scoring:agreement": trial("lead=404 statistician=404"),
    "scoring:reading_times": trial("lead=404"),
    "scoring:joints": trial("lead=404 statistician=404"),
    "scoring:joint_cases": trial("lead=404 statistician=404"),
    "scoring:thresholds": trial("lead=404 statistician=404"),
    "scoring:threshold_figure": trial("lead=404 statistician=404"),
    "scoring:differences": trial("lead=404 statistician=404"),
    "scoring:agreement_csv": trial("lead=404 statistician=404"),
    "scoring:agreement_json": trial("lead=404 statistician=404"),
    "scoring:figure": trial("lead=404 statistician=404"),
    "scoring:checks": trial("lead=404"),
    "scoring:check": trial("lead=404"),
    "scoring:check_film": trial("lead=404"),
    "scoring:consensus_reference": trial("lead=404"),
    "scoring:comparisons": trial("lead=404"),
    "scoring:comparison": trial("lead=404"),
    "scoring:query_outcomes": trial("lead=404 statistician=404"),
    "scoring:prepare_queries": trial("lead=404", "post"),
    "scoring:readers": trial("lead=404"),
    "scoring:reader": trial("lead=404"),
    "scoring:reader_figure": trial("lead=404"),
    "scoring:alarms": trial("coordinator=200 lead=200"),
    "scoring:alarm": trial("coordinator=404 lead=404"),
    "scoring:edc": trial("coordinator=200"),
    "scoring:edc_example": trial("coordinator=200"),
    "scoring:edc_list": trial("coordinator=404"),
    "scoring:edc_difference": trial("coordinator=404"),
    "scoring:scores": trial("lead=200 auditor=200"),
    "scoring:review_scores": trial("auditor=404"),
    "scoring:score_cell": trial("lead=404 auditor=404"),
    "scoring:locks": trial("signer=200"),
    "scoring:datasets": trial("statistician=404 signer=404"),
    "scoring:events": trial("statistician=404"),
    "scoring:events_example": trial("statistician=404"),
    "scoring:event_list": trial("statistician=404"),
    "scoring:seeds": trial("statistician=404", "post"),
    "scoring:build": trial("statistician=404", "post"),
    "scoring:dataset": trial("statistician=404 signer=404"),
    "scoring:decline": trial("signer=404"),
    "scoring:discard": trial("statistician=404", "post"),
    "scoring:download": trial("statistician=404"),
    "scoring:transfers": trial("statistician=404"),
    "scoring:transfer": trial("statistician=404"),
    "scoring:findings": trial("statistician=404"),
    "scoring:finding": trial("statistician=404"),
    "scoring:transfer_zip": trial("statistician=404"),
    "scoring:transfer_differences": trial("statistician=404"),
    "scoring:endpoint": trial("statistician=404"),
    "scoring:endpoint_table": trial("statistician=404"),
    "scoring:endpoint_drawing": trial("statistician=404"),
    "scoring:endpoint_picture": trial("statistician=404"),
    "scoring:unlock": trial("statistician=404"),
    "scoring:agree": trial("signer=404"),
    "scoring:ask_arms": trial("statistician=404"),
    "scoring:arms_requests": trial("statistician=404 custodian=404"),
    "scoring:arms_request": trial("statistician=404 custodian=404"),
    "scoring:arms_package": trial("custodian=404"),
    "scoring:withdraw_arms": trial("statistician=404", "post"),
    "scoring:receive_arms": trial("statistician=404"),
    "scoring:by_arm": trial("statistician=404"),
    "scoring:by_arm_report": trial("statistician=404"),
    "scoring:by_arm_zip": trial("statistician=404"),
    "scoring:by_arm_table": trial("statistician=404"),
    "scoring:by_arm_drawing": trial("statistician=404"),
}
AUDIT = {
    "audit:trail": trial("auditor=200"),
    "audit:scope": trial("auditor=200"),
    "audit:export": trial("auditor=200"),
    "audit:event": trial("auditor=404"),
    "audit:event-of-part": trial("auditor=404"),
    "audit:record": trial("auditor=200"),
    "audit:signatures": trial("auditor=200"),
    "audit:verify": trial("auditor=302", "post"),
}
VALIDATION = {
    "validation:documents": trial("auditor=200"),
    "validation:document": trial("auditor=404"),
}
# Programs: a session opens nothing here, only an access token does; what each role's token opens is in BY_TOKEN.
API = {
    "api:tokens": trial("coordinator=200 lead=200 statistician=200 sponsor=200 auditor=200"),
    "api:show_token": trial("coordinator=404 lead=404 statistician=404 sponsor=404 auditor=404", "post"),
    "api:revoke_token": trial("coordinator=404 lead=404 statistician=404 sponsor=404 auditor=404"),
    "api:guide": own(),
    "api:schema": world(200),
    "api:schema_yaml": world(200),
    "api:nothing_here": world(404),
    "api:trials": world(401),
    "api:trial": world(401),
    "api:sites": world(401),
    "api:planned_visits": world(401),
    "api:subjects": world(401),
    "api:subject": world(401),
    "api:visits": world(401),
    "api:visit": world(401),
    "api:not_done": world(401, "post"),
    "api:expected": world(401, "post"),
    "api:absent_films": world(401),
    "api:film_expected": world(401, "post"),
    "api:films": world(401),
    "api:film": world(401),
    "api:deliveries": world(401),
    "api:questions": world(401),
    "api:completeness": world(401),
    "api:campaigns": world(401),
    "api:campaign": world(401),
    "api:datasets": world(401),
    "api:dataset_file": world(401),
    "api:locks": world(401),
    "api:transfers": world(401),
    "api:events": world(401),
}
# What a token with every scope of its role opens; the tokens of all other roles that have any get 403.
BY_TOKEN: dict[str, RoutePermissions] = {
    "api:trials": trial("coordinator=200 statistician=200 sponsor=200"),
    "api:trial": trial("coordinator=200 statistician=200 sponsor=200"),
    "api:sites": trial("coordinator=200 statistician=200 sponsor=200"),
    "api:planned_visits": trial("coordinator=200 statistician=200 sponsor=200"),
    "api:subjects": trial("coordinator=200 statistician=200 sponsor=200"),
    "api:subject": trial("coordinator=404 statistician=404 sponsor=404"),
    "api:visits": trial("coordinator=200 statistician=200 sponsor=200"),
    "api:visit": trial("coordinator=404 statistician=404 sponsor=404"),
    "api:not_done": trial("coordinator=404", "post"),
    "api:expected": trial("coordinator=404", "post"),
    "api:absent_films": trial("coordinator=404 statistician=404 sponsor=404"),
    "api:film_expected": trial("coordinator=404", "post"),
    "api:films": trial("coordinator=200"),
    "api:film": trial("coordinator=404"),
    "api:deliveries": trial("coordinator=200"),
    "api:questions": trial("coordinator=200"),
    "api:completeness": trial("coordinator=200 statistician=200 sponsor=200"),
    "api:campaigns": trial("coordinator=200 lead=200"),
    "api:campaign": trial("coordinator=404 lead=404"),
    "api:datasets": trial("statistician=200"),
    "api:dataset_file": trial("statistician=404"),
    "api:locks": trial("statistician=200"),
    "api:transfers": trial("statistician=200"),
    "api:events": trial("auditor=200"),
}
# The same for what can be written at an address that can also be read.
WRITTEN_BY_TOKEN: dict[str, RoutePermissions] = {
    "api:sites": trial("coordinator=415", "post"),
    "api:planned_visits": trial("coordinator=415", "post"),
    "api:subjects": trial("coordinator=415", "post"),
    "api:visits": trial("coordinator=415", "post"),
    "api:absent_films": trial("coordinator=404", "post"),
}
GROUPS = {
    "accounts": ACCOUNTS,
    "jobs": JOBS,
    "studies": STUDIES,
    "reading": READING,
    "scoring": SCORING,
    "audit": AUDIT,
    "validation": VALIDATION,
    "api": API,
}
TABLE: dict[str, RoutePermissions] = {name: row for rows in GROUPS.values() for name, row in rows.items()}
