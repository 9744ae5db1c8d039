"""The stand-ins of the deployed endpoints, under their deployed names, with certificates for these names."""

from keyless.rehearsal.deployment.engines import PORTS
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.listening import Endpoints
from keyless.rehearsal.stage.databases.around import Around
from keyless.rehearsal.stage.databases.database import Database


class StandIns:
    """The database's gate and, where a proxy is deployed, the proxy.

    Parameters:
        addresses: loopback addresses of the database, of the proxy, and of its endpoint for readers.
    """

    def __init__(self, database: Database, around: Around, *, addresses: tuple[str, ...]) -> None:
        self._database, self._around, self._deployed = database, around, around.deployed
        deployed, (gate_address, *self._proxy_addresses) = around.deployed.database, addresses
        self.database = Endpoint(deployed.host, deployed.resource_id, gate_address, deployed.port)
        self.roots = around.authority.root
        """PEM file to verify the endpoints' certificates with."""

    @property
    def proxy(self) -> Endpoint:
        """The proxy's endpoint, where one is deployed."""
        return self.of_proxy()[0]

    def of_proxy(self) -> tuple[Endpoint, ...]:
        """The endpoints of the proxy, its own first, which are one resource to IAM; none where none is deployed."""
        if not self._deployed.has_proxy:
            return ()
        hosts = (self._deployed.proxy["Endpoint"], *self._deployed.readers)
        return tuple(
            Endpoint(host, self._deployed.proxy_id, address, PORTS[self._database.family])
            for host, address in zip(hosts, self._proxy_addresses, strict=False)
        )

    def endpoints(self) -> Endpoints:
        """The services, not yet listening, with the database's master created and functions led to them."""
        self._database.make_master(self._around)
        services = self._database.services(self.database, self.of_proxy(), self._around)
        places = {s.endpoint.host: (s.endpoint.address, self.roots) for s in services}
        self._around.cloud.set_endpoints(places)
        return Endpoints(*services)
