"""The stand-ins of the deployed endpoints, under their deployed names, with certificates for these names."""

from keyless.rehearsal.delays import PUNCTUAL, Delays
from keyless.rehearsal.deployment.proxy import secret_reader
from keyless.rehearsal.deployment.resources import Deployed
from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.emulator.iam.verdict import Judge
from keyless.rehearsal.endpoints.endpoint import Endpoint, Service
from keyless.rehearsal.endpoints.events import Events
from keyless.rehearsal.endpoints.gate import Gate
from keyless.rehearsal.endpoints.listening import Endpoints
from keyless.rehearsal.endpoints.proxy.pinning.recorder import Pins
from keyless.rehearsal.endpoints.proxy.service import Proxy
from keyless.rehearsal.servers.certificates import Authority
from keyless.rehearsal.servers.postgres import Postgres


class StandIns:
    """The database's gate and, where a proxy is deployed, the proxy.

    Parameters:
        addresses: loopback addresses of the database, of the proxy, and of its endpoint for readers.
        authority: issues the endpoints' certificates.
        judge, events: of every login.
        pins: of every session at the proxy.
        delays: how late both are.
    """

    def __init__(
        self,
        cloud: Cloud,
        postgres: Postgres,
        deployed: Deployed,
        *,
        addresses: tuple[str, ...],
        authority: Authority,
        judge: Judge,
        events: Events,
        pins: Pins,
        delays: Delays = PUNCTUAL,
    ) -> None:
        self._delays = delays
        self._cloud, self._postgres, self._deployed = cloud, postgres, deployed
        self._authority, self._judge, self._events, self._pins = authority, judge, events, pins
        database, (gate_address, *self._proxy_addresses) = deployed.database, addresses
        self.database = Endpoint(database.host, database.resource_id, gate_address, database.port)
        self.roots = authority.root
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
            Endpoint(host, self._deployed.proxy_id, address)
            for host, address in zip(hosts, self._proxy_addresses, strict=False)
        )

    def endpoints(self) -> Endpoints:
        """The services, not yet listening, with the database's master created and functions led to them."""
        database = self._deployed.database
        iam = self._deployed.iam_master
        self._postgres.create_master(database.master, iam=iam, password=None, database=database.name)
        services: list[Service] = [self._gate()]
        if self._deployed.has_proxy:
            password = self._postgres.create_proxy_login()
            services += [self._proxy(endpoint, password) for endpoint in self.of_proxy()]
        self._cloud.set_endpoints({s.endpoint.host: (s.endpoint.address, self.roots) for s in services})
        return Endpoints(*services)

    def _gate(self) -> Gate:
        return Gate(
            self.database,
            self._postgres,
            certificate=self._authority.server(self.database.host),
            roots=self.roots,
            judge=self._judge,
            settings=self._deployed.gate_settings,
            events=self._events,
            delays=self._delays,
        )

    def _proxy(self, endpoint: Endpoint, own_password: str) -> Proxy:
        role = self._deployed.proxy["RoleArn"]
        return Proxy(
            endpoint,
            self.database,
            certificate=self._authority.server(endpoint.host),
            cluster_roots=self.roots,
            judge=self._judge,
            region=self._cloud.region,
            credentials=lambda: self._cloud.role_session(role, "rds.amazonaws.com").credentials,
            own_password=own_password,
            read_secret=secret_reader(self._cloud, role),
            settings=self._deployed.proxy_settings,
            pins=self._pins,
            events=self._events,
            delays=self._delays,
        )
