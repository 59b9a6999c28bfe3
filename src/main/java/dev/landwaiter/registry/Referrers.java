package dev.landwaiter.registry;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Index;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.registry.RegistryRequests.Ask;
import dev.landwaiter.registry.RegistryTransport.Response;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What refers to an image. The referrers API and the fallback tag are asked at the same time, always: a registry may have had the API only
 * since yesterday, and the answers of both together cost one round trip.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers">OCI distribution specification,
 *     listing referrers</a>
 */
final class Referrers {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int NOT_IMPLEMENTED = 501;

    private final RegistryRequests requests;
    private final Registry registry;
    private final RegistryFailures failures;
    private final Limits limits;

    Referrers(RegistryRequests requests, Registry registry, Limits limits) {
        this.requests = requests;
        this.registry = registry;
        this.failures = new RegistryFailures(limits);
        this.limits = limits;
    }

    /** Of both ways together, each digest once, those of the API first. */
    List<Descriptor> find(ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline) {
        FutureTask<List<Descriptor>> fallback =
                new FutureTask<>(() -> ofFallbackTag(repository, subject, credential, deadline));
        Thread thread = Thread.ofVirtual().name("landwaiter-referrers").start(fallback);
        List<Descriptor> ofApi;
        try {
            ofApi = ofApi(
                    requests.inquiry(
                            repository, credential, deadline, "referrers of " + repository.name() + "@" + subject),
                    subject);
        } catch (Failure e) {
            thread.interrupt();
            throw e;
        }
        Map<Digest, Descriptor> all = new LinkedHashMap<>();
        ofApi.forEach(descriptor -> all.putIfAbsent(descriptor.digest(), descriptor));
        join(fallback, deadline).forEach(descriptor -> all.putIfAbsent(descriptor.digest(), descriptor));
        return List.copyOf(all.values());
    }

    /** The task minds the deadline by itself. */
    private static List<Descriptor> join(FutureTask<List<Descriptor>> fallback, Deadline deadline) {
        try {
            return fallback.get();
        } catch (ExecutionException e) {
            throw Failure.of(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            fallback.cancel(true);
            Thread.currentThread().interrupt();
            throw deadline.exceeded("the look-up of referrers");
        }
    }

    private List<Descriptor> ofFallbackTag(
            ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline) {
        Optional<OciDocument> document = registry.findManifest(
                repository.withTag(subject.algorithm() + "-" + subject.hex()), credential, deadline);
        return document.filter(Index.class::isInstance)
                .map(index -> ((Index) index).manifests())
                .orElse(List.of());
    }

    private List<Descriptor> ofApi(Inquiry inquiry, Digest subject) {
        List<Descriptor> all = new ArrayList<>();
        String path = OciRegistry.path(inquiry.reference(), "referrers", subject.toString());
        for (long page = 1; !path.isEmpty(); page++) {
            if (page > limits.get(Limit.REFERRERS_PAGES)) {
                throw limits.exceeded(Limit.REFERRERS_PAGES, inquiry.what());
            }
            Response response = requests.send(new Ask("GET", path, MediaType.OCI_INDEX, Limit.MANIFEST_BYTES), inquiry);
            if (!isList(response, inquiry)) {
                return all;
            }
            if (OciDocument.parse(
                            response.body(),
                            Digest.sha256(response.body()),
                            MediaType.OCI_INDEX,
                            limits,
                            inquiry.what())
                    instanceof Index index) {
                all.addAll(index.manifests());
            }
            path = next(response, path, inquiry);
        }
        return all;
    }

    /** Whether it is a list; a registry without the API answers 404, 405, 400, or a page for people. */
    private boolean isList(Response response, Inquiry inquiry) {
        int status = response.status();
        boolean told = status == UNAUTHORIZED
                || status == FORBIDDEN
                || status == TOO_MANY_REQUESTS
                || (status >= 500 && status != NOT_IMPLEMENTED);
        if (told) {
            throw failures.of(response, inquiry.host(), inquiry);
        }
        return status == 200
                && MediaType.isIndex(
                        MediaType.bare(response.header("content-type").orElse("")));
    }

    /** The path of the next page, {@code ""} for none. It must be on the same registry. */
    private static String next(Response response, String path, Inquiry inquiry) {
        String link = next(response.header("link").orElse(""));
        if (link.isEmpty()) {
            return "";
        }
        URI base = URI.create("https://" + inquiry.host() + path);
        try {
            URI to = base.resolve(link);
            String toPath = Optional.ofNullable(to.getRawPath()).orElse("");
            if (to.getHost() != null && Hosts.of(to).equals(Hosts.of(base)) && toPath.startsWith("/v2/")) {
                return toPath + (to.getRawQuery() == null ? "" : "?" + to.getRawQuery());
            }
        } catch (IllegalArgumentException e) {
            // told below, as every other page that is not of this registry
        }
        throw RegistryFailures.failure(
                Code.REGISTRY_REDIRECT_REFUSED,
                inquiry,
                "%s names the next page at \"%s\", which is not its own"
                        .formatted(inquiry.host(), PeerWords.clean(link, 100)),
                "Check that a registry serves this host.");
    }

    /** The target of the first link whose relation is {@code next} (RFC 8288), {@code ""} for none. Linear, whatever the header. */
    static String next(String header) {
        int open = header.indexOf('<');
        while (open >= 0) {
            int close = header.indexOf('>', open);
            if (close < 0) {
                return "";
            }
            int following = header.indexOf('<', close);
            String parameters = header.substring(close + 1, following < 0 ? header.length() : following)
                    .toLowerCase(Locale.ROOT)
                    .replace(" ", "")
                    .replace("\"", "");
            if (parameters.contains(";rel=next")) {
                return header.substring(open + 1, close);
            }
            open = following;
        }
        return "";
    }
}
