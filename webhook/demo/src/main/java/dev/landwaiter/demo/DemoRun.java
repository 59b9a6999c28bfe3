package dev.landwaiter.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.app.Colour;
import dev.landwaiter.settings.HostPort;
import dev.landwaiter.testregistry.Patched;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Plays the demo: sends reviews to a webhook as an API server would, and prints what came of each. */
public final class DemoRun {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final DemoWorld world;
    private final HostPort webhook;
    private final PrintWriter out;
    private final Colour colour;
    private int unexpected;
    private int number;

    /** @param webhook where it listens, in this process or another, with the certificate and the policies of {@code world} */
    public DemoRun(DemoWorld world, HostPort webhook, PrintWriter out, Colour colour) {
        this.world = world;
        this.webhook = webhook;
        this.out = out;
        this.colour = colour;
    }

    /**
     * One thing to show.
     *
     * @param title what a person should look at
     * @param code the expected one, {@code ""} where it is admitted
     */
    private record Scene(String title, String pod, String code) {}

    private List<Scene> scenes() {
        String host = world.registryHost();
        return List.of(
                new Scene(
                        "signed as cosign 3 does: a bundle that refers to the image",
                        pod(host + "/shop/api:1.4", ""),
                        ""),
                new Scene("signed as cosign 2 does: a .sig tag", pod(host + "/shop/web:2", ""), ""),
                new Scene("an image for two platforms, its index signed", pod(host + "/shop/multi:3", ""), ""),
                new Scene(
                        "private, with the credential of the docker configuration",
                        pod(host + "/vault/keys:1", ""),
                        ""),
                new Scene("not signed", pod(host + "/shop/batch:nightly", ""), "SIGNATURE_MISSING"),
                new Scene("signed by a stranger's key", pod(host + "/shop/mirror:1", ""), "SIGNATURE_INVALID"),
                new Scene(
                        "signed without a key, by the GitHub workflow that the policy names",
                        pod(host + "/built/api:1", ""),
                        ""),
                new Scene(
                        "signed without a key, by the workflow of a fork",
                        pod(host + "/built/fork:1", ""),
                        "SIGNATURE_INVALID"),
                new Scene("with the provenance that the policy asks for", pod(host + "/attested/api:1", ""), ""),
                new Scene(
                        "signed by the right workflow, but without provenance",
                        pod(host + "/attested/web:1", ""),
                        "ATTESTATION_MISSING"),
                new Scene("no such image", pod(host + "/shop/typo:1", ""), "IMAGE_NOT_FOUND"),
                new Scene(
                        "a good container with a bad init container",
                        pod(host + "/shop/api:1.4", host + "/shop/batch:nightly"),
                        "SIGNATURE_MISSING"),
                new Scene("no policy is for it: pinned, recorded as unchecked", pod(host + "/tools/shell:1", ""), ""),
                new Scene("not signed, under a policy that only warns", pod(host + "/legacy/report:7", ""), ""),
                new Scene("the first one again: everything is known now", pod(host + "/shop/api:1.4", ""), ""));
    }

    /** Plays every scene; says whether each came out as expected. */
    public boolean all() throws IOException, InterruptedException {
        out.printf(
                "%s%n  registry  https://%s (in this process)%n  webhook   https://%s%n%n",
                colour.bold("Landwaiter demo"), world.registryHost(), webhook);
        try (HttpClient client = client()) {
            for (Scene scene : scenes()) {
                play(scene, client);
            }
        }
        int scenes = scenes().size();
        out.printf(
                "%s%n",
                unexpected == 0
                        ? colour.green("All %d outcomes were the expected ones.".formatted(scenes))
                        : colour.red("%d of %d outcomes were not the expected ones.".formatted(unexpected, scenes)));
        out.flush();
        return unexpected == 0;
    }

    private void play(Scene scene, HttpClient client) throws IOException, InterruptedException {
        number++;
        ObjectNode review = review(scene.pod());
        int requestsBefore = world.registryRequests();
        Answers answers = answers(client, review);
        JsonNode mutated = answers.mutated();
        JsonNode last = answers.last();
        String code = last.path("status").path("reason").asText("");
        boolean expected = code.equals(scene.code())
                && last.path("allowed").asBoolean() == scene.code().isEmpty();
        unexpected += expected ? 0 : 1;
        out.printf("%s %s%n", colour.bold("%2d.".formatted(number)), colour.bold(scene.title()));
        print(review.at("/request/object/spec"), mutated, last);
        out.printf(
                "    %s%n%n",
                colour.dim("/mutate %.1f ms%s, %d registry requests%s"
                        .formatted(
                                answers.mutateMillis(),
                                answers.validateMillis() > 0
                                        ? ", /validate %.1f ms".formatted(answers.validateMillis())
                                        : "",
                                world.registryRequests() - requestsBefore,
                                expected ? "" : "  NOT AS EXPECTED")));
        out.flush();
    }

    /**
     * What came of one object.
     *
     * @param last of {@code /validate}, or of {@code /mutate} where that denied it
     * @param validateMillis 0 where it was not asked
     */
    private record Answers(JsonNode mutated, JsonNode last, double mutateMillis, double validateMillis) {}

    /** Has it mutated, and what came of that validated, as an API server does. */
    private Answers answers(HttpClient client, ObjectNode review) throws IOException, InterruptedException {
        long start = System.nanoTime();
        JsonNode mutated = post(client, "/mutate", review);
        double mutateMillis = millisSince(start);
        if (!mutated.path("allowed").asBoolean()) {
            return new Answers(mutated, mutated, mutateMillis, 0);
        }
        ObjectNode changed = review.deepCopy();
        JsonNode object = review.at("/request/object");
        changed.withObject("request")
                .set(
                        "object",
                        mutated.has("patch") ? Patched.by(mutated.path("patch").asText(), object) : object);
        long second = System.nanoTime();
        JsonNode last = post(client, "/validate", changed);
        return new Answers(mutated, last, mutateMillis, millisSince(second));
    }

    /** Plays the scenes again and again for {@code time}, and prints nothing; how many requests were answered. */
    public int repeat(Duration time) throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        int answered = 0;
        try (HttpClient client = client()) {
            while (System.nanoTime() < end) {
                for (Scene scene : scenes()) {
                    number++;
                    answered += answers(client, review(scene.pod())).validateMillis() > 0 ? 2 : 1;
                }
            }
        }
        return answered;
    }

    private void print(JsonNode spec, JsonNode mutated, JsonNode last) throws IOException {
        JsonNode records = JSON.readTree(mutated.at("/auditAnnotations/images").asText("{}"));
        for (var entry : records.properties()) {
            JsonNode record = entry.getValue();
            out.printf(
                    "    %-24s %s:%s%n",
                    entry.getKey(),
                    record.path("image").asText(),
                    record.path("tag").asText());
            out.printf("      %-9s %s%n", "digest", record.path("digest").asText("not resolved"));
            String why = record.has("signers")
                    ? "by " + record.path("signers").get(0).asText()
                    : record.has("policies") ? refusal(path(spec, entry.getKey()), last) : "no policy is for it";
            out.printf(
                    "      %-9s %s %s%n",
                    "outcome", outcome(record.path("outcome").asText()), why);
        }
        if (last.path("allowed").asBoolean()) {
            for (JsonNode operation : patch(mutated)) {
                out.printf("    %s %s%n", colour.green("+"), colour.dim(shown(operation)));
            }
        }
        for (JsonNode warning : last.path("warnings")) {
            out.printf("    %s %s%n", colour.yellow("! warning:"), warning.asText());
        }
        JsonNode status = last.path("status");
        if (!last.path("allowed").asBoolean()) {
            out.printf(
                    "    %s%n      %s%n",
                    colour.red("denied with %d %s"
                            .formatted(
                                    status.path("code").asInt(),
                                    status.path("reason").asText())),
                    status.path("message").asText().replace("\n", "\n      "));
        } else {
            out.printf("    %s%n", colour.green("admitted"));
        }
    }

    /** Why the image at {@code path} is refused, or would be if its policy enforced: the code; the message follows below. */
    private static String refusal(String path, JsonNode answer) throws IOException {
        for (JsonNode cause : answer.at("/status/details/causes")) {
            if (cause.path("field").asText().equals(path)) {
                return "because of " + cause.path("reason").asText();
            }
        }
        for (JsonNode would :
                JSON.readTree(answer.at("/auditAnnotations/wouldDeny").asText("[]"))) {
            if (would.path("path").asText().equals(path)) {
                return "because of " + would.path("code").asText();
            }
        }
        return "";
    }

    /** Where the container stands that a record names by {@code list/name}. */
    private static String path(JsonNode spec, String key) {
        String list = key.substring(0, key.indexOf('/'));
        String name = key.substring(list.length() + 1);
        for (int i = 0; i < spec.path(list).size(); i++) {
            if (spec.path(list).get(i).path("name").asText().equals(name)) {
                return "spec.%s[%d].image".formatted(list, i);
            }
        }
        return "";
    }

    private String outcome(String outcome) {
        return switch (outcome) {
            case "verified" -> colour.green(outcome);
            case "rejected" -> colour.red(outcome);
            default -> colour.yellow(outcome);
        };
    }

    private static String shown(JsonNode operation) {
        JsonNode value = operation.path("value");
        String text = value.isTextual() && !operation.path("path").asText().contains("annotations")
                ? " " + value.asText()
                : "";
        return operation.path("op").asText() + " " + operation.path("path").asText() + text;
    }

    /** Says how to send a request of one's own, and leaves a review to start from. */
    void invite() throws IOException {
        Path review = world.folder().resolve("review.json");
        Files.writeString(
                review,
                review(pod(world.registryHost() + "/shop/api:1.4", "")).toPrettyString() + "\n",
                StandardCharsets.UTF_8);
        out.printf(
                """

                %s The webhook stays up until Ctrl-C. Send it a review of your own, for instance:

                  curl --cacert %s -H 'Content-Type: application/json' --data @%s https://%s/mutate

                or plan a Pod with the same policies, in another terminal:

                  ./landwaiter plan -f pod.yaml --policies %s --registry-ca %s=%s --allow-address 127.0.0.0/8

                """,
                colour.bold("Your turn."),
                world.folder().resolve("webhook-ca.pem"),
                review,
                webhook,
                world.folder().resolve("policies"),
                world.registryHost(),
                world.folder().resolve("registry-ca.pem"));
        out.flush();
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private JsonNode post(HttpClient client, String path, JsonNode review) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://" + webhook + path + "?timeout=10s"))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(review)))
                .build();
        return JSON.readTree(client.send(request, HttpResponse.BodyHandlers.ofByteArray())
                        .body())
                .path("response");
    }

    private static JsonNode patch(JsonNode response) throws IOException {
        return response.has("patch")
                ? JSON.readTree(
                        Base64.getDecoder().decode(response.path("patch").asText()))
                : JSON.createArrayNode();
    }

    private static String pod(String image, String initImage) {
        String init = initImage.isEmpty()
                ? ""
                : "\"initContainers\":[{\"name\":\"migrate\",\"image\":\"%s\"}],".formatted(initImage);
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"demo","namespace":"shop"},
                 "spec":{%s"containers":[{"name":"main","image":"%s"}]}}
                """.formatted(init, image);
    }

    private ObjectNode review(String pod) throws IOException {
        ObjectNode review =
                JSON.createObjectNode().put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request").put("uid", "00000000-0000-4000-8000-%012d".formatted(number));
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        request.putObject("resource").put("group", "").put("version", "v1").put("resource", "pods");
        request.put("name", "demo")
                .put("namespace", "shop")
                .put("operation", "CREATE")
                .put("dryRun", false);
        request.putObject("userInfo").put("username", "demo");
        request.set("object", JSON.readTree(pod));
        return review;
    }

    private HttpClient client() {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "demo",
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(
                                    world.authorityPem().getBytes(StandardCharsets.US_ASCII))));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder()
                    .sslContext(tls)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java platform speaks TLS", e);
        }
    }
}
