package dev.landwaiter.registry;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.http.Address;
import dev.landwaiter.http.HttpTransport.Response;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

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

    /**
     * Of both ways together, each digest once, those of the API first. A way that fails, or that takes so long that the other's entries could
     * not be read any more, is a failure beside what the other gave.
     */
    Partial<Descriptor> find(ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline) {
        String what = "referrers of " + repository.name() + "@" + subject;
        BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
        Thread api = ask(answers, 0, () -> ofApi(requests.inquiry(repository, credential, deadline, what), subject));
        Thread tag = ask(answers, 1, () -> ofFallbackTag(repository, subject, credential, deadline));
        try {
            Answer first = next(answers, deadline, what);
            Deadline patience = first.list().found().isEmpty()
                    ? deadline
                    : deadline.atMost(Duration.ofNanos(deadline.remaining().toNanos() / 2));
            Answer second = next(answers, patience, what);
            return first.place() <= second.place()
                    ? merged(first.list(), second.list())
                    : merged(second.list(), first.list());
        } finally {
            api.interrupt();
            tag.interrupt();
        }
    }

    /** What one way gave; {@code place} says which one it was, or stands behind both where it did not answer in time. */
    private record Answer(int place, Partial<Descriptor> list) {}

    private static Thread ask(BlockingQueue<Answer> answers, int place, Supplier<Partial<Descriptor>> way) {
        return Thread.ofVirtual()
                .name("landwaiter-referrers")
                .start(() -> answers.add(new Answer(place, attempted(way))));
    }

    private static Partial<Descriptor> attempted(Supplier<Partial<Descriptor>> way) {
        try {
            return way.get();
        } catch (RuntimeException | StackOverflowError e) {
            return Partial.failed(Failure.of(e));
        }
    }

    private static Answer next(BlockingQueue<Answer> answers, Deadline deadline, String what) {
        try {
            Answer answer = answers.poll(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            if (answer != null) {
                return answer;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Answer(2, Partial.failed(deadline.exceeded("the look-up of the " + what)));
    }

    private static Partial<Descriptor> merged(Partial<Descriptor> first, Partial<Descriptor> second) {
        Map<Digest, Descriptor> all = new LinkedHashMap<>();
        first.found().forEach(entry -> all.putIfAbsent(entry.digest(), entry));
        second.found().forEach(entry -> all.putIfAbsent(entry.digest(), entry));
        List<Failure> failures = new ArrayList<>(first.failures());
        failures.addAll(second.failures());
        return new Partial<>(List.copyOf(all.values()), failures);
    }

    private Partial<Descriptor> ofFallbackTag(
            ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline) {
        ImageReference tag = repository.withTag(subject.algorithm() + "-" + subject.hex());
        try {
            return registry.findManifest(tag, credential, deadline).orElse(null) instanceof Index index
                    ? new Partial<>(index.manifests(), List.of())
                    : Partial.nothing();
        } catch (Failure e) {
            // a document of another kind has that tag: no list of referrers
            return e.code() == Code.MEDIA_TYPE_UNSUPPORTED ? Partial.nothing() : Partial.failed(e);
        }
    }

    /** Page by page: one that can't be read is a failure beside those before it. */
    private Partial<Descriptor> ofApi(Inquiry inquiry, Digest subject) {
        List<Descriptor> all = new ArrayList<>();
        try {
            String path = OciRegistry.path(inquiry.reference(), "referrers", subject.toString());
            for (long page = 1; !path.isEmpty(); page++) {
                if (page > limits.get(Limit.REFERRERS_PAGES)) {
                    throw limits.exceeded(Limit.REFERRERS_PAGES, inquiry.what());
                }
                Response response =
                        requests.send(new Ask("GET", path, MediaType.OCI_INDEX, Limit.MANIFEST_BYTES), inquiry);
                if (!isList(response, page, inquiry)) {
                    break;
                }
                all.addAll(entries(response, inquiry));
                path = next(response, path, inquiry);
            }
            return new Partial<>(all, List.of());
        } catch (Failure e) {
            return new Partial<>(all, List.of(e));
        }
    }

    private List<Descriptor> entries(Response response, Inquiry inquiry) {
        byte[] body = response.body();
        return OciDocument.parse(body, Digest.sha256(body), MediaType.OCI_INDEX, limits, inquiry.what())
                        instanceof Index index
                ? index.manifests()
                : List.of();
    }

    /** Whether it is a list; a registry without the API answers the first page with 404, 405, 400, or a page for people. */
    private boolean isList(Response response, long page, Inquiry inquiry) {
        int status = response.status();
        boolean told = status == UNAUTHORIZED
                || status == FORBIDDEN
                || status == TOO_MANY_REQUESTS
                || (status >= 500 && status != NOT_IMPLEMENTED);
        if (told) {
            throw failures.of(response, inquiry.host(), inquiry);
        }
        String type = response.header("content-type").orElse("");
        boolean list = status == 200 && MediaType.isIndex(MediaType.bare(type));
        if (!list && page > 1) {
            throw RegistryFailures.failure(
                    Code.REGISTRY_MALFORMED,
                    inquiry,
                    "%s answered page %d with %d and the type \"%s\", where it had begun a list"
                            .formatted(inquiry.host(), page, status, PeerWords.clean(type, 100)),
                    "Check that a registry serves this host.");
        }
        return list;
    }

    /** The path of the next page, {@code ""} for none. It must be on the same registry. */
    private static String next(Response response, String path, Inquiry inquiry) {
        String link = next(response.header("link").orElse(""));
        if (link.isEmpty()) {
            return "";
        }
        // a registry behind a proxy that speaks TLS for it may name itself by http: it is asked as before
        Optional<Address> to = Address.of("https://" + inquiry.host() + path).resolve(link);
        if (to.isPresent()
                && to.get().hostAndPort().equals(inquiry.host())
                && to.get().path().startsWith("/v2/")) {
            return to.get().target();
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
