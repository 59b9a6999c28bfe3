package dev.landwaiter.app;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.testregistry.Patched;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.LoggerFactory;

/** The whole webhook on loopback, spoken to as an API server, the kubelet and Prometheus would; what it logs is kept. */
public final class RunningWebhook implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration DAY = Duration.ofDays(1);

    public final CertificateSource certificate;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Webhook webhook;
    private final HttpClient client;

    /** Serves with what reaches {@code port}'s registry, and {@code more} settings. */
    public RunningWebhook(Port port, Map<String, String> more) {
        Map<String, List<String>> flags = new HashMap<>(port.settings());
        flags.put("--listen", List.of("127.0.0.1:0"));
        flags.put("--management-listen", List.of("127.0.0.1:0"));
        flags.put("--cluster", List.of("off"));
        flags.put("--trust-network", List.of("true"));
        flags.put("--policies", List.of(port.file("policies")));
        flags.put("--drain-delay", List.of("0s"));
        more.forEach((flag, value) -> flags.put(flag, List.of(value)));
        SelfSignedAuthority authority = new SelfSignedAuthority("webhook", DAY, Clock.systemUTC());
        certificate = CertificateSource.fixed(
                authority.issueServer(List.of("localhost", "127.0.0.1"), DAY.dividedBy(2)), Clock.systemUTC());
        webhook = Webhook.start(Settings.resolve(flags, Map.of()), Map.of(), certificate, FatalErrors.logged());
        client = HttpClient.newBuilder()
                .sslContext(trusting(authority))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        keepLog();
    }

    /** In place of stderr, at the level that the settings chose. */
    private void keepLog() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        log.setContext(context);
        log.start();
        root.addAppender(log);
    }

    private static SSLContext trusting(SelfSignedAuthority authority) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", authority.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    public static ObjectNode review(String uid, String... images) {
        ObjectNode review =
                JSON.createObjectNode().put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request").put("uid", uid);
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        request.putObject("resource").put("group", "").put("version", "v1").put("resource", "pods");
        request.put("name", "api").put("namespace", "shop").put("operation", "CREATE");
        request.putObject("userInfo").put("username", "alice");
        ObjectNode pod = request.putObject("object").put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata").put("name", "api").put("namespace", "shop");
        pod.putObject("spec").putArray("containers");
        for (int i = 0; i < images.length; i++) {
            pod.withObject("spec")
                    .withArray("containers")
                    .addObject()
                    .put("name", "c" + i)
                    .put("image", images[i]);
        }
        return review;
    }

    /** Whatever {@code body} is. */
    public HttpResponse<String> post(String pathAndQuery, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("https://" + webhook.listening() + pathAndQuery))
                        .timeout(Duration.ofSeconds(30))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /** The {@code response} of the answer to a review that can be read. */
    @CanIgnoreReturnValue
    public JsonNode ask(String pathAndQuery, JsonNode review) throws IOException, InterruptedException {
        HttpResponse<String> answer = post(pathAndQuery, review.toString());
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body()).path("response");
    }

    /** {@code review} with its object as {@code response} patches it. */
    public static ObjectNode patched(ObjectNode review, JsonNode response) throws IOException {
        ObjectNode changed = review.deepCopy();
        changed.withObject("request")
                .set("object", Patched.by(response.path("patch").asText(), review.at("/request/object")));
        return changed;
    }

    public HttpResponse<String> manage(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://" + webhook.managing() + path))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                BodyHandlers.ofString());
    }

    /** The value of the metric of that name and labels, as Prometheus reads it. */
    public double metric(String nameAndLabels) throws IOException, InterruptedException {
        String text = manage("/metrics").body();
        return text.lines()
                .filter(line -> line.startsWith(nameAndLabels + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(nameAndLabels.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + nameAndLabels + " in\n" + text));
    }

    /** What was logged by the logger of that name, in order. */
    public List<ILoggingEvent> logged(String logger) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLoggerName().equals(logger))
                .toList();
    }

    @Override
    public void close() {
        client.shutdownNow();
        webhook.close();
    }
}
