from django import template
from django.template import Context

from home import frame

register = template.Library()


@register.simple_tag(takes_context=True)
def site_frame(context: Context) -> frame.Frame | None:
    """`{% site_frame as frame %}`: settings and navigation, looked up once per request."""
    request = context.get("request")
    if request is None:
        return None
    if not hasattr(request, "_site_frame"):
        request._site_frame = frame.site_frame(request)
    return request._site_frame
