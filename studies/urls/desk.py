"""Addresses of the QC desk, of the second person's masks and of the joints; included in studies.urls."""

from __future__ import annotations

from django.urls import path

from studies.views import desk, joints, masks

DESK, MASKS, JOINTS = "trials/<slug:code>/desk/", "trials/<slug:code>/masks/", "trials/<slug:code>/joints/"

urlpatterns = [
    path(DESK, desk.desk, name="desk"),
    path(f"{DESK}<int:pk>/", desk.desk_film_page, name="desk_film"),
    path(f"{DESK}<int:pk>/picture/<path:name>", desk.desk_picture, name="desk_picture"),
    path(f"{DESK}<int:pk>/accept/", desk.accept, name="desk_accept"),
    path(f"{DESK}<int:pk>/reject/", desk.reject, name="desk_reject"),
    path(f"{DESK}<int:pk>/question/", desk.question, name="desk_question"),
    path(f"{DESK}<int:pk>/withdraw/", desk.withdraw, name="desk_withdraw"),
    path(f"{DESK}<int:pk>/reopen/", desk.reopen, name="desk_reopen"),
    path(f"{DESK}<int:pk>/masks/", desk.propose, name="desk_masks"),
    path(MASKS, masks.mask_queue, name="masks"),
    path(f"{MASKS}<int:pk>/", masks.mask_page, name="mask"),
    path(f"{MASKS}<int:pk>/picture/<path:name>", masks.mask_picture, name="mask_picture"),
    path(f"{MASKS}<int:pk>/confirm/", masks.confirm, name="mask_confirm"),
    path(f"{MASKS}<int:pk>/refuse/", masks.refuse, name="mask_refuse"),
    path(JOINTS, joints.joint_queue, name="joints"),
    path(f"{JOINTS}<str:key>/", joints.joint_page, name="joint_image"),
    path(f"{JOINTS}<str:key>/fit/", joints.fit_joints, name="joint_fit"),
    path(f"{JOINTS}<str:key>/place/", joints.place_joints, name="joint_place"),
    path(f"{JOINTS}<str:key>/picture/<str:level>/<int:number>", joints.joint_picture, name="joint_picture"),
]
