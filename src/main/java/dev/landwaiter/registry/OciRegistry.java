package dev.landwaiter.registry;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.http.BudgetedTransport;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.http.HttpTransport.Response;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.registry.RegistryRequests.Ask;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * The OCI distribution client. Safe for use by many threads; what it remembers, how a host wants credentials and the tokens it gave, is
 * kept by credential identity.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md">OCI distribution specification</a>
 */
public final class OciRegistry implements Registry {
    /** What registries answer that do not know HEAD on manifests. */
    private static final Set<Integer> NO_HEAD = Set.of(405, 501);

    private final RegistryRequests requests;
    private final Referrers referrers;
    private final RegistryFailures failures;
    private final Limits limits;

    /**
     * @param clock by which tokens expire
     * @param listener told of every request
     */
    public OciRegistry(
            HttpTransport transport, RegistrySettings settings, InstantSource clock, RegistryListener listener) {
        this.limits = settings.limits();
        this.failures = new RegistryFailures(limits);
        HttpTransport heard = new ListeningTransport(transport, listener, System::nanoTime);
        this.requests = new RegistryRequests(new BudgetedTransport(heard), settings, clock);
        this.referrers = new Referrers(requests, this, limits);
    }

    @Override
    public OciDocument manifest(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        Inquiry inquiry = manifestInquiry(reference, credential, deadline);
        Response response = requests.send(manifestAsk("GET", reference), inquiry);
        if (response.status() != 200) {
            throw failures.of(response, inquiry.host(), inquiry);
        }
        return document(response, inquiry);
    }

    @Override
    public Optional<OciDocument> findManifest(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        Inquiry inquiry = manifestInquiry(reference, credential, deadline);
        Response response = requests.send(manifestAsk("GET", reference), inquiry);
        return switch (response.status()) {
            case 200 -> Optional.of(document(response, inquiry));
            case 404 -> Optional.empty();
            default -> throw failures.of(response, inquiry.host(), inquiry);
        };
    }

    @Override
    public Optional<Digest> headDigest(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        Inquiry inquiry = manifestInquiry(reference, credential, deadline);
        Response response = requests.send(manifestAsk("HEAD", reference), inquiry);
        if (NO_HEAD.contains(response.status())) {
            return Optional.empty();
        }
        if (response.status() != 200) {
            throw failures.of(response, inquiry.host(), inquiry);
        }
        return statedDigest(response, inquiry);
    }

    @Override
    public byte[] blob(
            ImageReference repository, Descriptor blob, Limit limit, Keychain.Found credential, Deadline deadline) {
        Inquiry inquiry = requests.inquiry(
                repository, credential, deadline, "blob %s of %s".formatted(blob.digest(), repository.name()));
        if (blob.size() > limits.get(limit)) {
            throw limits.exceeded(limit, inquiry.what());
        }
        Ask ask = new Ask("GET", path(repository, "blobs", blob.digest().toString()), "", limit);
        Response response = requests.send(ask, inquiry);
        if (response.status() != 200) {
            throw failures.of(response, inquiry.host(), inquiry);
        }
        if (response.body().length != blob.size()) {
            throw mismatch(
                    inquiry,
                    "%s answered with %d bytes where its manifest states %d"
                            .formatted(inquiry.host(), response.body().length, blob.size()));
        }
        check(response.body(), blob.digest(), inquiry);
        return response.body();
    }

    @Override
    public Partial<Descriptor> referrers(
            ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline) {
        return referrers.find(repository, subject, credential, deadline);
    }

    private OciDocument document(Response response, Inquiry inquiry) {
        byte[] body = response.body();
        Optional<Digest> asked = inquiry.reference().digest();
        if (asked.isPresent()) {
            check(body, asked.get(), inquiry);
        }
        Digest digest = asked.orElseGet(() -> Digest.sha256(body));
        Optional<Digest> stated = statedDigest(response, inquiry);
        if (stated.isPresent() && !stated.get().matches(body)) {
            throw mismatch(
                    inquiry,
                    "%s states the digest %s, but its answer has %s".formatted(inquiry.host(), stated.get(), digest));
        }
        return OciDocument.parse(body, digest, response.header("content-type").orElse(""), limits, inquiry.what());
    }

    private static void check(byte[] body, Digest digest, Inquiry inquiry) {
        if (!digest.matches(body)) {
            throw mismatch(
                    inquiry,
                    "%s answered with other content, of digest %s".formatted(inquiry.host(), Digest.sha256(body)));
        }
    }

    private static Failure mismatch(Inquiry inquiry, String why) {
        return RegistryFailures.failure(
                Code.DIGEST_MISMATCH,
                inquiry,
                why,
                "Do not trust this registry or what lies between; push the image again.");
    }

    private static Optional<Digest> statedDigest(Response response, Inquiry inquiry) {
        Optional<String> stated = response.header("docker-content-digest");
        try {
            return stated.map(Digest::parse);
        } catch (Failure e) {
            throw RegistryFailures.failure(
                    Code.REGISTRY_MALFORMED,
                    inquiry,
                    "%s states the digest \"%s\", which is none"
                            .formatted(inquiry.host(), PeerWords.clean(stated.orElse(""), 100)),
                    "Check that a registry serves this host.");
        }
    }

    private Inquiry manifestInquiry(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        return requests.inquiry(reference, credential, deadline, "manifest of " + reference.canonical());
    }

    private static Ask manifestAsk(String method, ImageReference reference) {
        return new Ask(
                method,
                path(reference, "manifests", reference.identifier()),
                MediaType.acceptManifests(),
                Limit.MANIFEST_BYTES);
    }

    /** {@code /v2/<repository>/<kind>/<name>}; a reference's parts need no encoding. */
    static String path(ImageReference reference, String kind, String name) {
        return "/v2/" + reference.repository() + "/" + kind + "/" + name;
    }
}
