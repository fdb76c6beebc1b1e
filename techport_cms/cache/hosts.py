"""Which hosts have kept answers. Django allows more of them: "*", every subdomain, every port."""

from django.conf import settings
from django.http.request import split_domain_port
from wagtail.models import Site

LONGEST_PORT = 5  # digits


def is_known(host: str, server_port: str) -> bool:
    """Whether settings or a site name this host, so that invented ones fill no memory. One query at most."""
    domain, port = split_domain_port(host)
    if port not in {"", "80", "443", server_port}:
        is_plain = len(port) <= LONGEST_PORT and not port.startswith("0")  # 080 is another key, without end
        return is_plain and Site.objects.filter(hostname=domain, port=int(port)).exists()
    return domain in settings.ALLOWED_HOSTS or Site.objects.filter(hostname=domain).exists()
