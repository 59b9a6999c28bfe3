package dev.landwaiter.server;

import dev.landwaiter.certs.TrustedAuthorities;
import dev.landwaiter.limit.Shown;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Tells who asks at one listener, by its {@link CallerRule}. Safe for use by many threads. */
final class Callers {
    /** The aggregator says by it for whom it forwards a request; what anybody else writes there is not looked at. */
    private static final String FORWARDED_USER = "X-Remote-User";
    /** As whom an API server calls itself. */
    private static final String API_SERVER = "system:apiserver";

    private static final int MOST_SHOWN = 200;

    private static final Asking THE_API_SERVER = new Asking.Known(Caller.API_SERVER);
    private static final Asking ANYBODY = new Asking.Known(Caller.ANYBODY);

    private final CallerRule rule;
    /** One for each certificate that counts. */
    private volatile List<CertificateRule> certificateRules;

    Callers(CallerRule rule) {
        this.rule = rule;
        this.certificateRules = certificates().stream().map(CertificateRule::of).toList();
    }

    /**
     * What a connection has proved.
     *
     * @param by which rules; where they are others, it has to be judged again
     */
    record Proof(List<CertificateRule> by, Presented presented) {
        boolean good() {
            return presented instanceof Presented.Counting;
        }
    }

    /** The certificate that a client has presented. */
    sealed interface Presented {
        /** One of those that count. */
        record Counting(CallerRule.By by) implements Presented {}

        /** None. */
        record Nothing() implements Presented {}

        /** Another one. */
        record Other(String subject) implements Presented {}
    }

    /** Who asks. */
    sealed interface Asking {
        record Known(Caller caller) implements Asking {}

        /**
         * Nobody who is answered.
         *
         * @param status of HTTP: 401 for who shows nothing, 403 for who shows to be somebody else
         * @param why a clause
         * @param nextStep a sentence without its full stop
         */
        record Refused(int status, String why, String nextStep) implements Asking {}
    }

    /** The certificates that count. */
    List<CallerRule.KnownCertificate> certificates() {
        return rule instanceof CallerRule.ByCertificate(var certificates) ? certificates : List.of();
    }

    /** The authorities that TLS has to believe; null where no certificate is asked for. */
    @Nullable
    TrustedAuthorities authorities() {
        List<X509Certificate> all = new ArrayList<>();
        certificateRules.forEach(one -> all.addAll(one.authorities().certificates()));
        return all.isEmpty() ? null : new TrustedAuthorities(all);
    }

    /**
     * From now on the certificate of that index is signed by {@code next}; what connections have proved before has to be judged anew. Called by
     * one thread at a time.
     *
     * @return who signed it until now
     */
    TrustedAuthorities replace(int index, TrustedAuthorities next) {
        List<CertificateRule> rules = new ArrayList<>(certificateRules);
        CertificateRule before = rules.get(index);
        rules.set(index, before.signedBy(next));
        certificateRules = List.copyOf(rules);
        return before.authorities();
    }

    /** Whether {@code proof} still counts. */
    @SuppressWarnings(
            "ReferenceEquality") // equal rules that were set anew are to be proved anew, and this is asked for each
    // request
    boolean current(Proof proof) {
        return proof.by() == certificateRules;
    }

    /** What {@code connection} proves. */
    Proof judge(HttpConnection connection) {
        List<CertificateRule> rules = certificateRules;
        return new Proof(rules, presented(rules.isEmpty() ? List.of() : chain(connection), rules));
    }

    private static Presented presented(List<X509Certificate> chain, List<CertificateRule> rules) {
        if (chain.isEmpty()) {
            return new Presented.Nothing();
        }
        for (CertificateRule rule : rules) {
            if (rule.holdsFor(chain)) {
                return new Presented.Counting(rule.by());
            }
        }
        return new Presented.Other(chain.getFirst().getSubjectX500Principal().getName());
    }

    /** A certificate that is there was verified in the handshake. */
    private static List<X509Certificate> chain(HttpConnection connection) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate certificate : connection.peerCertificates()) {
                if (certificate instanceof X509Certificate x509) {
                    chain.add(x509);
                }
            }
        } catch (SSLPeerUnverifiedException e) {
            // it showed none
            return List.of();
        }
        return chain;
    }

    /** Who sends {@code request} over a connection that has proved {@code proof}. */
    Asking asking(Proof proof, HttpServerRequest request) {
        return switch (rule) {
            case CallerRule.TrustedNetwork() -> THE_API_SERVER;
            case CallerRule.Nobody() -> ANYBODY;
            case CallerRule.ByCertificate(var certificates) ->
                switch (proof.presented()) {
                    case Presented.Counting(var by) ->
                        switch (by) {
                            case API_SERVER -> THE_API_SERVER;
                            case FRONT_PROXY -> forwarded(request);
                        };
                    case Presented.Nothing() ->
                        new Asking.Refused(
                                401,
                                "the client showed no certificate",
                                "Give the API server one that the authority of %s signed, by a kubeConfigFile in its AdmissionConfiguration"
                                        .formatted(flags(certificates, CallerRule.By::authorities)));
                    case Presented.Other(var subject) ->
                        new Asking.Refused(
                                403,
                                "the client's certificate, of \"%s\", is not one of %s"
                                        .formatted(
                                                Shown.of(subject, MOST_SHOWN),
                                                flags(certificates, CallerRule.By::names)),
                                "Give the API server a certificate of such a name, signed by the authority of %s"
                                        .formatted(flags(certificates, CallerRule.By::authorities)));
                };
        };
    }

    private static String flags(List<CallerRule.KnownCertificate> certificates, Function<CallerRule.By, String> flag) {
        return certificates.stream()
                .map(certificate -> flag.apply(certificate.by()))
                .distinct()
                .collect(Collectors.joining(" or "));
    }

    /** The aggregator forwards everybody's requests; only the API server's own count. */
    private static Asking forwarded(HttpServerRequest request) {
        List<String> users = request.headers().getAll(FORWARDED_USER);
        return users.equals(List.of(API_SERVER))
                ? THE_API_SERVER
                : new Asking.Refused(
                        403,
                        "the front proxy forwards it for %s, and not for \"%s\""
                                .formatted(
                                        users.isEmpty()
                                                ? "nobody"
                                                : "\"" + Shown.of(String.join(", ", users), MOST_SHOWN) + "\"",
                                        API_SERVER),
                        "Only the API server itself may ask; let nobody else use this API");
    }
}
