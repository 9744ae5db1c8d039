"""Services and servers, run on this machine: the template's command as a real process of an unprivileged user, with the
credentials of its role from a stand-in of where ECS and EC2 have them."""
