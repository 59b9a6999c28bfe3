package dev.landwaiter.settings;

import static dev.landwaiter.settings.Parsers.choice;
import static dev.landwaiter.settings.Parsers.duration;
import static dev.landwaiter.settings.Parsers.each;
import static dev.landwaiter.settings.Parsers.one;

import dev.landwaiter.check.AdmissionRules.NoMatch;
import dev.landwaiter.check.AdmissionRules.OnUnresolved;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.settings.Choices.ClusterUse;
import dev.landwaiter.settings.Choices.LogFormat;
import dev.landwaiter.settings.Choices.LogLevel;
import dev.landwaiter.settings.Setting.Group;
import dev.landwaiter.tuf.TufRepository;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Every setting there is, in the order in which help and documentation show them. */
public final class SettingRows {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);

    public static final Setting<HostPort> LISTEN = row(
            Group.SERVER,
            "--listen",
            "HOST:PORT",
            "0.0.0.0:8443",
            "where HTTPS is served: POST /mutate and /validate",
            one(HostPort::parse));
    public static final Setting<HostPort> MANAGEMENT_LISTEN = row(
            Group.MANAGEMENT,
            "--management-listen",
            "HOST:PORT",
            "127.0.0.1:8080",
            "where plain HTTP is served: GET /healthz, /readyz and /metrics. Everyone who can reach it can read the names of policies and registries there",
            one(HostPort::parse));
    public static final Setting<Path> TLS_CERT = row(
            Group.SERVER,
            "--tls-cert",
            "FILE",
            "",
            "certificate to serve and what signed it, in PEM, leaf first; read again when it changes",
            one(Parsers::file));
    public static final Setting<Path> TLS_KEY = row(
            Group.SERVER,
            "--tls-key",
            "FILE",
            "",
            "private key of --tls-cert, RSA or EC, in PEM; read again when it changes",
            one(Parsers::file));
    public static final Setting<String> TLS_SECRET = row(
            Group.CERTIFICATES,
            "--tls-secret",
            "NAME",
            "",
            "a Secret of --own-namespace with the certificate to serve and its key (tls.crt, tls.key), watched in place of --tls-cert and --tls-key; the controller writes it",
            one(Parsers::objectName));
    public static final Setting<String> WEBHOOK_CONFIGURATION = row(
            Group.CERTIFICATES,
            "--webhook-configuration",
            "NAME",
            "",
            "the name of our MutatingWebhookConfiguration and ValidatingWebhookConfiguration: a new certificate is served once the caBundles of both verify it, and the controller keeps them right",
            one(Parsers::objectName));
    public static final Setting<String> AUTHORITY_SECRET = row(
            Group.CONTROLLER,
            "--authority-secret",
            "NAME",
            "",
            "the Secret of --own-namespace that keeps the authorities and the key that signs",
            one(Parsers::objectName));
    public static final Setting<String> SERVICE = row(
            Group.CONTROLLER,
            "--service",
            "NAME",
            "",
            "the Service of --own-namespace that the API server calls; the certificate is issued for it",
            one(Parsers::objectName));
    public static final Setting<String> LEASE = row(
            Group.CONTROLLER,
            "--lease",
            "NAME",
            "",
            "the Lease of --own-namespace by which one of several controllers acts",
            one(Parsers::objectName));
    public static final Setting<Duration> AUTHORITY_LIFETIME = row(
            Group.CONTROLLER,
            "--authority-lifetime",
            "DURATION",
            "8760h",
            "how long an authority lasts, from the next one on; at least twice --certificate-lifetime",
            one(duration(Duration.ofMinutes(2), HOUR.multipliedBy(24 * 365 * 10))));
    public static final Setting<Duration> CERTIFICATE_LIFETIME = row(
            Group.CONTROLLER,
            "--certificate-lifetime",
            "DURATION",
            "720h",
            "how long a certificate lasts, from the next one on; it is renewed in the last third of that. Less than an hour is for tests",
            one(duration(Duration.ofMinutes(1), HOUR.multipliedBy(24 * 365))));
    public static final Setting<Path> CLIENT_CA = row(
            Group.CALLERS,
            "--client-ca",
            "FILE",
            "",
            "who signs the API server's client certificate, in PEM; where set, only callers that show such a certificate are answered; read again when it changes",
            one(Parsers::file));
    public static final Setting<List<String>> CLIENT_NAMES = repeatable(
            Group.CALLERS,
            "--client-names",
            "NAME",
            "the common name, or a DNS name or URI, that the API server's client certificate has; needed with --client-ca",
            each(Parsers::certificateName));
    public static final Setting<Path> FRONT_PROXY_CA = row(
            Group.CALLERS,
            "--front-proxy-ca",
            "FILE",
            "",
            "who signs the certificate of the API server's aggregator, in PEM; where set, reviews are also taken as an aggregated API, of the API server itself alone; read again when it changes",
            one(Parsers::file));
    public static final Setting<List<String>> FRONT_PROXY_NAMES = repeatable(
            Group.CALLERS,
            "--front-proxy-names",
            "NAME",
            "the common name, or a DNS name or URI, that the aggregator's certificate has; needed with --front-proxy-ca",
            each(Parsers::certificateName));
    public static final Setting<Boolean> TRUST_NETWORK = row(
            Group.CALLERS,
            "--trust-network",
            "",
            "false",
            "everyone who can reach the port counts as the API server: use it only where a firewall or NetworkPolicy keeps everyone else out",
            one(Parsers::yesOrNo));
    public static final Setting<Duration> DEADLINE_MARGIN = row(
            Group.SERVER,
            "--deadline-margin",
            "DURATION",
            "500ms",
            "what is kept back of the API server's timeout so that the answer still arrives",
            one(duration(Duration.ZERO, Duration.ofSeconds(10))));
    public static final Setting<Duration> DRAIN_DELAY = row(
            Group.SERVER,
            "--drain-delay",
            "DURATION",
            "3s",
            "how long new connections are still taken after SIGTERM, while the cluster learns that this replica goes",
            one(duration(Duration.ZERO, HOUR)));
    public static final Setting<Duration> DRAIN = row(
            Group.SERVER,
            "--drain",
            "DURATION",
            "20s",
            "how long requests that are being decided may take to finish after that",
            one(duration(Duration.ZERO, HOUR)));
    public static final Setting<Integer> EVENT_LOOPS = noted(
            row(Group.SERVER, "--event-loops", "NUMBER", "0", "threads that serve connections", one(Parsers::count)),
            "`0`: one for each processor");

    public static final Setting<ClusterUse> CLUSTER = row(
            Group.CLUSTER,
            "--cluster",
            "auto|off",
            "auto",
            "whether a cluster is used where --kubeconfig names one or the webhook runs in one",
            one(choice(ClusterUse.class)));
    public static final Setting<Path> KUBECONFIG = noted(
            row(
                    Group.CLUSTER,
                    "--kubeconfig",
                    "FILE",
                    "",
                    "how to reach the cluster: policies, Secrets, ServiceAccounts and Namespaces are read there",
                    one(Parsers::file)),
            "the cluster it runs in, if any");
    public static final Setting<String> OWN_NAMESPACE = row(
            Group.CLUSTER,
            "--own-namespace",
            "NAME",
            "landwaiter",
            "the namespace the webhook runs in",
            one(Parsers::namespace));

    public static final Setting<Path> POLICIES = row(
            Group.POLICY,
            "--policies",
            "FOLDER",
            "",
            "YAML files of policies and all that they refer to; read again when they change",
            one(Parsers::folder));
    public static final Setting<NoMatch> NO_MATCH = row(
            Group.POLICY,
            "--no-match",
            "admit|warn|deny",
            "admit",
            "what is done with an image that no enforcing policy matches",
            one(choice(NoMatch.class)));
    public static final Setting<OnUnresolved> ON_UNRESOLVED = row(
            Group.POLICY,
            "--on-unresolved",
            "admit|deny",
            "admit",
            "what is done with an image that no policy matches and no registry resolves",
            one(choice(OnUnresolved.class)));
    public static final Setting<Platform> PLATFORM = row(
            Group.POLICY,
            "--platform",
            "OS/ARCH[/VARIANT]",
            "linux/amd64",
            "whose labels are read of an image for several platforms",
            one(Platform::parse));

    public static final Setting<Duration> TRUST_ROOT_REFRESH = noted(
            row(
                    Group.TRUST,
                    "--trust-root-refresh",
                    "DURATION",
                    "",
                    "how often it is refreshed by TUF, for the first time right after the start, which does not wait for it",
                    one(duration(Duration.ofMinutes(1), WEEK))),
            "never: the one shipped counts, and no network is asked");
    public static final Setting<URI> TUF_MIRROR = noted(
            row(
                    Group.TRUST,
                    "--tuf-mirror",
                    "URL",
                    "",
                    "the TUF mirror that it is refreshed from; what is set for registries (authorities, proxy, addresses, plain HTTP) holds for its host too",
                    one(Parsers::mirror)),
            "`" + TufRepository.PUBLIC_GOOD_MIRROR + "`");
    public static final Setting<Path> TUF_ROOT = noted(
            row(
                    Group.TRUST,
                    "--tuf-root",
                    "FILE",
                    "",
                    "the root.json, of any version, that the mirror is believed by; needed where it serves another repository than sigstore's public good instance's",
                    one(Parsers::file)),
            "the public good instance's, shipped inside");
    public static final Setting<Path> TUF_CACHE = noted(
            row(
                    Group.TRUST,
                    "--tuf-cache",
                    "FOLDER",
                    "",
                    "where what was fetched is kept, so that the next start begins with it and believes nothing older",
                    one(Parsers::folder)),
            "none: each start begins with the one shipped");

    public static final Setting<List<RegistryFile>> REGISTRY_CA = noted(
            repeatable(
                    Group.REGISTRY,
                    "--registry-ca",
                    "HOST[:PORT]=FILE",
                    "authorities in PEM that one registry is trusted by, in place of the system's; read again when the file changes",
                    each(Parsers::registryFile)),
            "the system's authorities");
    public static final Setting<List<String>> REGISTRY_PLAIN_HTTP = repeatable(
            Group.REGISTRY,
            "--registry-plain-http",
            "HOST[:PORT]",
            "a registry that is asked over plain HTTP, without credentials",
            each(Parsers::host));
    public static final Setting<List<String>> ALLOW_ADDRESS = repeatable(
            Group.REGISTRY,
            "--allow-address",
            "CIDR|HOST",
            "addresses that are connected to although they are loopback, link-local or otherwise refused, or private and named by a redirect",
            each(Parsers::cidrOrHost));
    public static final Setting<List<TokenRealm>> ALLOW_TOKEN_REALM = repeatable(
            Group.REGISTRY,
            "--allow-token-realm",
            "REGISTRY=HOST",
            "a token server on another host that a registry's credentials may be sent to",
            each(Parsers::tokenRealm));
    public static final Setting<URI> HTTPS_PROXY = also(
            new Setting<>(
                    Group.REGISTRY,
                    "--https-proxy",
                    "URL",
                    "",
                    "`HTTPS_PROXY`",
                    "proxy for registries: http://[USER:PASSWORD@]HOST:PORT",
                    false,
                    true,
                    List.of(),
                    one(Parsers::proxy)),
            "HTTPS_PROXY",
            "https_proxy");
    public static final Setting<List<String>> NO_PROXY = also(
            noted(
                    repeatable(
                            Group.REGISTRY,
                            "--no-proxy",
                            "LIST",
                            "hosts, domains and CIDRs that are reached without the proxy",
                            each(Parsers::noProxy)),
                    "`NO_PROXY`"),
            "NO_PROXY",
            "no_proxy");
    public static final Setting<Path> REGISTRY_CREDENTIALS = row(
            Group.REGISTRY,
            "--registry-credentials",
            "FILE",
            "",
            "credentials, each with the registry path and the namespaces it is for; read again when it, or a file that it names, changes",
            one(Parsers::file));
    public static final Setting<Path> DOCKER_CONFIG = noted(
            row(
                    Group.REGISTRY,
                    "--docker-config",
                    "FILE|FOLDER",
                    "",
                    "docker or podman configuration with credentials, used where there is no cluster; read again after a minute",
                    one(Parsers::fileOrFolder)),
            "without a cluster `DOCKER_CONFIG`, else `~/.docker`");

    public static final Setting<Duration> TAG_TTL = row(
            Group.MEMORY,
            "--tag-ttl",
            "DURATION",
            "10s",
            "how long the digest of a tag is believed before the registry is asked again",
            one(duration(Duration.ZERO, DAY)));
    public static final Setting<Duration> TAG_GRACE = row(
            Group.MEMORY,
            "--tag-grace",
            "DURATION",
            "1h",
            "how long what a tag named last serves while its registry is unavailable; 0 turns it off",
            one(duration(Duration.ZERO, DAY)));
    public static final Setting<Duration> FAILURE_TTL = row(
            Group.MEMORY,
            "--failure-ttl",
            "DURATION",
            "10s",
            "how long a failed look-up is answered without asking again",
            one(duration(Duration.ZERO, HOUR)));
    public static final Setting<Duration> VERDICT_TTL = row(
            Group.MEMORY,
            "--verdict-ttl",
            "DURATION",
            "24h",
            "how long a verified image is believed before its signatures are looked at again",
            one(duration(Duration.ZERO, WEEK)));
    public static final Setting<Long> MEMORY_TIER = row(
            Group.MEMORY,
            "--memory-tier",
            "BYTES|SHARE%",
            HeapShares.MEMORY_TIER_PERCENT + "%",
            "how much is kept of what registries said, in bytes or as a share of the JVM's largest heap",
            one(Parsers::bytesOrShare));

    public static final Setting<Limits> LIMIT = noted(
            repeatable(
                    Group.LIMIT,
                    "--limit",
                    "NAME=VALUE",
                    "a bound on what comes from outside, as listed below",
                    Parsers::limits),
            "as listed below");

    public static final Setting<LogFormat> LOG_FORMAT = noted(
            row(
                    Group.LOG,
                    "--log-format",
                    "json|text",
                    "",
                    "how log lines look, on stderr",
                    one(choice(LogFormat.class))),
            "`json` for `webhook`, `text` for every other command");
    public static final Setting<LogLevel> LOG_LEVEL = row(
            Group.LOG,
            "--log-level",
            "error|warn|info|debug",
            "info",
            "the least that is logged",
            one(choice(LogLevel.class)));

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(
            LISTEN,
            MANAGEMENT_LISTEN,
            TLS_CERT,
            TLS_KEY,
            TLS_SECRET,
            WEBHOOK_CONFIGURATION,
            AUTHORITY_SECRET,
            SERVICE,
            LEASE,
            AUTHORITY_LIFETIME,
            CERTIFICATE_LIFETIME,
            CLIENT_CA,
            CLIENT_NAMES,
            FRONT_PROXY_CA,
            FRONT_PROXY_NAMES,
            TRUST_NETWORK,
            DEADLINE_MARGIN,
            DRAIN_DELAY,
            DRAIN,
            EVENT_LOOPS,
            CLUSTER,
            KUBECONFIG,
            OWN_NAMESPACE,
            POLICIES,
            NO_MATCH,
            ON_UNRESOLVED,
            PLATFORM,
            TRUST_ROOT_REFRESH,
            TUF_MIRROR,
            TUF_ROOT,
            TUF_CACHE,
            REGISTRY_CA,
            REGISTRY_PLAIN_HTTP,
            ALLOW_ADDRESS,
            ALLOW_TOKEN_REALM,
            HTTPS_PROXY,
            NO_PROXY,
            REGISTRY_CREDENTIALS,
            DOCKER_CONFIG,
            TAG_TTL,
            TAG_GRACE,
            FAILURE_TTL,
            VERDICT_TTL,
            MEMORY_TIER,
            LIMIT,
            LOG_FORMAT,
            LOG_LEVEL);

    private SettingRows() {}

    private static <T> Setting<T> row(
            Group group,
            String flag,
            String valueName,
            String byDefault,
            String description,
            Setting.Parser<T> parser) {
        return new Setting<>(group, flag, valueName, byDefault, "", description, false, false, List.of(), parser);
    }

    private static <T> Setting<T> repeatable(
            Group group, String flag, String valueName, String description, Setting.Parser<T> parser) {
        return new Setting<>(group, flag, valueName, "", "", description, true, false, List.of(), parser);
    }

    private static <T> Setting<T> noted(Setting<T> row, String defaultNote) {
        return new Setting<>(
                row.group(),
                row.flag(),
                row.valueName(),
                row.byDefault(),
                defaultNote,
                row.description(),
                row.repeatable(),
                row.secret(),
                row.alsoEnvironment(),
                row.parser());
    }

    private static <T> Setting<T> also(Setting<T> row, String... environment) {
        return new Setting<>(
                row.group(),
                row.flag(),
                row.valueName(),
                row.byDefault(),
                row.defaultNote(),
                row.description(),
                row.repeatable(),
                row.secret(),
                List.of(environment),
                row.parser());
    }
}
