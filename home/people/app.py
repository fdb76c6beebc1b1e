from wagtail.users.apps import WagtailUsersAppConfig


class StaffAppConfig(WagtailUsersAppConfig):
    """`wagtail.users`, with a language for each member of staff, who may be invited by mail."""

    user_viewset = "home.people.users.StaffViewSet"
