package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.landwaiter.doctor.ClusterApi;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The API server over fabric8's connection, which knows how to log in: paths in, JSON out. */
public final class RawClusterApi implements ClusterApi {
    /** A Pod on trial waits for our webhook and for others'. */
    private static final Duration MOST = Duration.ofSeconds(35);

    private static final int UNAUTHORIZED = 401;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client;
    private final String address;

    public RawClusterApi(ClusterConnection cluster) {
        this.client = cluster.client();
        this.address = client.getMasterUrl().toString().replaceAll("/$", "");
    }

    @Override
    public Reply get(String path) {
        return send(path, null);
    }

    @Override
    public Reply post(String path, JsonNode body) {
        return send(path, body);
    }

    private Reply send(String path, @Nullable JsonNode body) {
        HttpRequest.Builder request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(address + path)
                .timeout(MOST.toMillis(), TimeUnit.MILLISECONDS);
        if (body != null) {
            request = request.post("application/json", body.toString());
        }
        try {
            HttpResponse<String> response = client.getHttpClient()
                    .sendAsync(request.build(), String.class)
                    .get(MOST.toMillis(), TimeUnit.MILLISECONDS);
            if (response.code() == UNAUTHORIZED) {
                throw new Failure(
                        Code.CLUSTER_UNAVAILABLE,
                        "Could not look at the cluster at %s: the API server answered 401 Unauthorized. Check that the credentials of the kubeconfig are still good, for instance by kubectl auth whoami."
                                .formatted(address));
            }
            return new Reply(response.code(), tree(response.body()), date(response));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        } catch (ExecutionException | TimeoutException e) {
            throw unreachable(e);
        }
    }

    private Failure unreachable(Exception e) {
        String why = e instanceof TimeoutException ? "it did not answer in time" : Contact.why(e);
        return new Failure(
                Code.CLUSTER_UNAVAILABLE,
                "Could not look at the cluster at %s: %s. Check the network between here and the API server, then try again."
                        .formatted(address, why),
                e);
    }

    private static JsonNode tree(@Nullable String body) {
        try {
            return body == null || body.isEmpty() ? MissingNode.getInstance() : JSON.readTree(body);
        } catch (JsonProcessingException e) {
            // a proxy's page, for instance: the status says enough
            return MissingNode.getInstance();
        }
    }

    private static Optional<Instant> date(HttpResponse<String> response) {
        String text = response.header("Date");
        try {
            return text == null
                    ? Optional.empty()
                    : Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
